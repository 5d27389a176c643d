/**
 * What the `mayfly` command works on: `npx mayfly list`, `npx mayfly run welcome-user`, ...
 */
export { handlers } from "./handlers.ts";
export { mayfly } from "./mayfly.ts";
