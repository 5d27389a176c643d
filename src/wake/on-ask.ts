/**
 * A cron asks whether it has to look, so that a database in which nothing is due need not be asked.
 * @module
 */
import { isAhead } from "./applications.ts";
import type { Ask, AskReply, Cause, Deployment } from "./ledger.ts";
import { begin, causeToLook } from "./look.ts";
import { callAll, type Step } from "./start-lanes.ts";
import { count, type LedgerSettings, type LedgerState } from "./state.ts";

/** An alarm that is so late is taken for lost: the cron does its work. So it does where somebody has been at work for longer. */
const LATE_MS = 2_000;
/** After jobs were found that nobody had announced, each cron looks for so long. */
const UNANNOUNCED_MS = 86_400_000;

/** Answers, and gives the cron a lease where it has to look. */
export function onAsk(
  state: LedgerState,
  { lease, deployment }: Ask,
  now: number,
  settings: LedgerSettings,
): Step & { readonly reply: AskReply } {
  const cause = causeOf(state, deployment, now, settings);
  if (!cause) return { state: { ...state, counts: count(state.counts, "spared") }, starts: [], reply: { look: false, epoch: state.epoch } };
  const begun = begin(state, now, settings);
  const { epoch } = begun;
  const leases = { ...begun.leases, [lease.consumer]: { epoch, since: now, until: now + lease.forMs, cause } };
  // What the cron has found instead of an alarm may be for others.
  const calls = cause !== "left" && cause !== "deployment";
  const step = calls ? callAll({ ...begun, leases }, [], cause, now, settings) : { state: { ...begun, leases }, starts: [] };
  return { ...step, reply: { look: true, epoch } };
}

function causeOf(state: LedgerState, deployment: Deployment, now: number, settings: LedgerSettings): Cause | null {
  const late = causeToLook(state, now - LATE_MS, settings);
  if (late) return late;
  // Whoever is at work and does not wait may claim no more, or be dead; and the database is awake in any case.
  if (Object.values(state.leases).some(({ since }) => now - since >= LATE_MS + settings.leadMs)) return "left";
  const own = state.applications.find(({ application }) => application === deployment.application);
  if (own?.version !== deployment.version) return "deployment";
  if (isAhead(state, own, now)) return "due";
  if (state.unannouncedAt !== null && Math.abs(now - state.unannouncedAt) < UNANNOUNCED_MS) return "unannounced";
  return null;
}
