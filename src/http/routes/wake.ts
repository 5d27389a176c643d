/**
 * `POST /v1/wake`: there are jobs that nobody here has put in.
 * @module
 */
import type { Duration } from "../../base/durations.ts";
import type { Handlers } from "../call.ts";

export const wakeRoutes: Handlers<"POST /v1/wake"> = {
  "POST /v1/wake": async ({ body: { delay }, queue }) => {
    queue.jobs().wake(delay === undefined ? {} : { delay: delay as Duration });
    return {};
  },
};
