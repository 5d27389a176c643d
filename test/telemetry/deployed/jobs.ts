/**
 * What a traced Worker enqueues and a traced container runs.
 * @module
 */
import { defineJob } from "mayfly";

export const greet = defineJob<"greet", { name: string }>("greet", { timeout: "1m" });
export const leave = defineJob("leave", { timeout: "1m" });
export const hang = defineJob("hang", { timeout: "200ms" });
export const pretend = defineJob("pretend", { timeout: "1m" });
export const stray = defineJob("stray", { timeout: "1m" });
