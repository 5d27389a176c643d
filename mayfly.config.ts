/**
 * In this repository the command works on the starter.
 */
export { handlers, mayfly } from "./examples/starter/mayfly.config.ts";
