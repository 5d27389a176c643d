/** What the command `mayfly` works on. */
export { handlers } from "./src/handlers.ts";
export { mayfly } from "./src/mayfly.ts";
