/**
 * What a tick over HTTP runs. In a file of its own: what users see of it must not bring in the types of all routes.
 * @module
 */
import type { TickReport } from "../worker/tick.ts";

/** Runs one tick in the time that a request has. */
export type RunTick<Env> = (env: Env) => Promise<TickReport>;
