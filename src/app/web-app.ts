/**
 * What adapters serve: an app of Web requests, and the context it runs in where the platform has none of its own.
 * @module
 */
import type { InvocationContext } from "./create-mayfly.ts";

/** An app of Web requests: Hono's, or anything of its shape. */
export interface WebApp<Env> {
  fetch(request: Request, env: Env, context?: ReturnType<typeof executionContext>): Response | Promise<Response>;
}

/** An execution context as Hono passes it on. */
export function executionContext(waitUntil: InvocationContext["waitUntil"]) {
  return { waitUntil, passThroughOnException() {}, props: {} };
}
