/**
 * The jobs of the sign-up app: names, payloads, rules. Producers import only this.
 */
import { defineJob, exponential } from "mayfly";
import * as z from "zod";

/** Writes the e-mail that greets a new user. */
export const welcome = defineJob("welcome-user", {
  payload: z.object({ userId: z.uuid() }),
  retries: 3,
  retryDelay: exponential({ base: "1s", max: "1h" }),
});

/** Counts the sign-ups of a day. However often it is asked for, it waits once. */
export const report = defineJob("nightly-report", {
  payload: z.object({ day: z.iso.date() }),
  retries: 3,
  retryDelay: exponential({ base: "1m" }),
  concurrencyKey: ({ day }) => day,
});
