/**
 * The entry file on Cloudflare Workers.
 */
import { DurableObject } from "cloudflare:workers";
import { durableObjects, scheduled } from "mayfly/cloudflare";
import { app } from "./app.ts";
import { handlers } from "./handlers.ts";
import { mayfly } from "./mayfly.ts";

export default { fetch: app.fetch, scheduled: scheduled(mayfly, { handlers }) };

/** They run what becomes due between two crons, and let the database sleep while nothing is. */
export const { MayflyLedger, MayflyLane } = durableObjects(mayfly, { handlers }, DurableObject);
