/**
 * What a scheduled job is given.
 * @module
 */
import type { ScheduleEntry } from "./schedule.ts";

export type TickPayload = { readonly ok: true; readonly payload: unknown } | { readonly ok: false; readonly problem: string };

/** The payload for this tick, not yet checked against the schema. Never throws: a rule that fails is a problem of its schedule. */
export function tickPayload({ payload }: Pick<ScheduleEntry, "payload">, tick: Date): TickPayload {
  if (typeof payload !== "function") return { ok: true, payload: payload === undefined ? {} : payload };
  try {
    return { ok: true, payload: payload(new Date(tick)) };
  } catch (error) {
    return { ok: false, problem: `payload(${tick.toISOString()}) threw: ${error instanceof Error ? error.message : String(error)}` };
  }
}
