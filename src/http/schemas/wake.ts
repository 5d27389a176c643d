/**
 * Word of jobs that were put in by other means.
 * @module
 */
import * as v from "valibot";
import { duration } from "./fields.ts";

export const wakeBody = v.strictObject({
  delay: v.exactOptional(v.pipe(duration, v.description("When they are due. Absent: now."))),
});

/** There is nothing to tell. */
export const wakeAnswer = v.object({});
