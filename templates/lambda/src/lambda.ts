/** Two functions: `api` behind a URL, and `tick`, which a schedule of one minute starts. */
import { lambda } from "mayfly/lambda";
import { handlers } from "./handlers.ts";
import { mayfly } from "./mayfly.ts";

export const { api, tick } = lambda(mayfly, { handlers });
