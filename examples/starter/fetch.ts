/**
 * The entry file where there is a URL and nothing else: Vercel, Netlify, Deno, Supabase. A scheduler calls /v1/tick.
 */
import { fetchHandler } from "mayfly/fetch";
import { app } from "./app.ts";
import { handlers } from "./handlers.ts";
import { mayfly } from "./mayfly.ts";

const handler = fetchHandler(mayfly, { app, handlers });

export default { fetch: handler };
