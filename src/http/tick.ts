/**
 * `POST /v1/tick`: a tick for any scheduler that can call a URL. By GET too, since that is what Vercel's cron sends.
 * @module
 */
import type { Hono } from "hono";
import { MayflyError } from "../core/errors.ts";
import type { TickResult } from "../engine/tick.ts";
import { authenticate, type Tokens } from "./auth.ts";

/** Runs one tick in the time that a request has. */
export type RunTick<Env> = (env: Env) => Promise<TickResult>;

export interface TickRouteOptions<Env> {
  /** Undefined where this program has no handlers. */
  readonly tick: () => RunTick<Env> | undefined;
  readonly tokens: (env: Env) => Tokens;
}

/**
 * Adds the route, with an authentication of its own: operators and schedulers only. Answers what the tick counted; that jobs
 * failed is no failure of the tick.
 */
export function addTickRoute<Env>(app: Hono<{ Bindings: Env & object }>, { tick, tokens }: TickRouteOptions<Env>): void {
  app.on(["GET", "POST"], "/v1/tick", async (c) => {
    const { role } = await authenticate(c.req.raw, tokens(c.env));
    if (role === "producer") throw new MayflyError("forbidden", "A tick takes an operator's token, or the one in CRON_SECRET.");
    const run = tick();
    if (!run) throw new MayflyError("not_found", "There are no handlers in this program, so it has no ticks.");
    c.header("cache-control", "no-store");
    return c.json(await run(c.env));
  });
}
