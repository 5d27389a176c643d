/** The API and the dashboard, for any host of Web requests. A scheduler calls /v1/tick. */
import { fetchHandler } from "mayfly/fetch";
import { handlers } from "./src/handlers.ts";
import { mayfly } from "./src/mayfly.ts";

export default { fetch: fetchHandler(mayfly, { handlers }) };
