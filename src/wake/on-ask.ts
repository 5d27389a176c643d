/**
 * A cron asks whether it has to look, so that a database in which nothing is due need not be asked.
 * @module
 */
import type { Ask, AskReply, Cause } from "./ledger.ts";
import { begin, causeToLook } from "./on-alarm.ts";
import { count, type LedgerSettings, type LedgerState } from "./state.ts";

/** An alarm that is so late is taken for lost: the cron does its work. */
const LATE_MS = 2_000;
/** After jobs were found that nobody had announced, each cron looks for so long. */
const UNANNOUNCED_MS = 86_400_000;

/** Answers, and gives the cron a lease where it has to look. */
export function onAsk(
  state: LedgerState,
  { lease, deployment }: Ask,
  now: number,
  settings: LedgerSettings,
): { readonly state: LedgerState; readonly reply: AskReply } {
  const cause = causeOf(state, deployment, now, settings);
  if (!cause) return { state: { ...state, counts: count(state.counts, "spared") }, reply: { look: false, epoch: state.epoch } };
  const begun = begin(state, cause, now, settings);
  const leases = { ...begun.leases, [lease.consumer]: { since: now, until: now + lease.forMs, cause } };
  return { state: { ...begun, leases }, reply: { look: true, epoch: begun.epoch } };
}

function causeOf(state: LedgerState, deployment: string, now: number, settings: LedgerSettings): Cause | null {
  const late = causeToLook(state, now - LATE_MS, settings);
  if (late) return late;
  if (state.lookedAt === null) return "safety";
  if (state.deployment !== deployment) return "deployment";
  if (state.unannouncedAt !== null && now - state.unannouncedAt < UNANNOUNCED_MS) return "unannounced";
  return null;
}
