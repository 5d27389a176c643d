/**
 * Stands in for `mayfly/dashboard` in a bundle that is to have none: the bundler is given it as an alias.
 * @module
 */
import { Hono } from "hono/tiny";
import { MayflyError } from "../base/errors.ts";
import { problemResponse } from "../http/problem.ts";

/** Pages that are not there. */
export function createDashboard<Env>(): Hono<{ Bindings: Env & object }> {
  const app = new Hono<{ Bindings: Env & object }>();
  app.all("*", () => problemResponse(new MayflyError("not_found", "The dashboard is not in this deployment.")));
  return app;
}
