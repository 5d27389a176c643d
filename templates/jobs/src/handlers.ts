/** The code that runs the jobs. A job may run twice: where that matters, `id` tells that it is the same one. */
import { welcome } from "./jobs.ts";
import type { Env } from "./mayfly.ts";

export const handlers = [
  welcome.handle<Env>(({ id, payload, logger }) => {
    logger.info("welcome", { id, name: payload.name });
    return { greeted: payload.name }; // kept with the result
  }),
];
