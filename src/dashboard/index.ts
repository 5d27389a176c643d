/**
 * The entry that `mayfly.app()` loads the dashboard by.
 * @module
 */
export { createDashboard } from "./app.tsx";
