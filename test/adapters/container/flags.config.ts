/**
 * The sample with settings for one way to run jobs, over which flags of the other way win.
 * @module
 */
export { handlers, mayfly } from "./sample.config.ts";
export const worker = { maxProcesses: 2, maxJobsPerProcess: 5 };
