/**
 * The process itself: is it there, what does it offer.
 * @module
 */
import type { Handlers } from "../call.ts";

export const serviceRoutes: Handlers<"GET /healthz" | "GET /openapi.json"> = {
  "GET /healthz": async () => ({ status: "ok" }),
  "GET /openapi.json": async ({ queue }) => queue.describe(),
};
