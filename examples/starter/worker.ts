/**
 * The entry file on Cloudflare Workers.
 */
import { scheduled } from "mayfly/cloudflare";
import { app } from "./app.ts";
import { handlers } from "./handlers.ts";
import { mayfly } from "./mayfly.ts";

export default { fetch: app.fetch, scheduled: scheduled(mayfly, { handlers }) };
