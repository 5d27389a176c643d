/** The jobs: their names, payloads and rules. Whoever enqueues imports only this. */
import { defineJob, exponential } from "mayfly";

export const welcome = defineJob<"welcome", { name: string }>("welcome", {
  retries: 3,
  retryDelay: exponential({ base: "1s", max: "1h" }),
});
