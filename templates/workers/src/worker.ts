/** The Worker: the API and the dashboard at its root, and the cron trigger that runs what is due. */
import { cloudflare } from "mayfly/cloudflare";
import { handlers } from "./handlers.ts";
import { mayfly } from "./mayfly.ts";

export default cloudflare(mayfly, { handlers });
