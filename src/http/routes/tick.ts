/**
 * Ticks, for any scheduler that can call a URL. By GET too, since that is what Vercel's cron sends.
 * @module
 */
import { MayflyError } from "../../base/errors.ts";
import type { TickReport } from "../../worker/tick.ts";
import type { Handlers, Queue } from "../call.ts";

/** Answers what the tick counted; that jobs failed is no failure of the tick. */
async function tick({ queue }: { readonly queue: Queue }): Promise<TickReport> {
  if (!queue.tick) throw new MayflyError("not_found", "There are no handlers in this program, so it has no ticks.");
  return await queue.tick();
}

export const tickRoutes: Handlers<"GET /v1/tick" | "POST /v1/tick"> = { "GET /v1/tick": tick, "POST /v1/tick": tick };
