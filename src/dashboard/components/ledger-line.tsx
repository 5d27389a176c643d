/**
 * How the wake ledger stands, in one line.
 * @module
 */
import type { LedgerStatus } from "../../wake/status.ts";
import { duration, many, number } from "../format.ts";

export function LedgerLine({ ledger }: { readonly ledger: LedgerStatus }) {
  const { lanes, others, nextInMs, pending, failures, isUnderPressure, counts } = ledger;
  const next = nextInMs === null ? "nothing is due" : nextInMs <= 0 ? "something is due now" : `the next is due in ${duration(nextInMs)}`;
  return (
    <p class="muted" id="ledger" data-live>
      {`Wake ledger: ${many(lanes, "lane")} and ${many(others, "other consumer")} at work, ${number(pending)} announced, ${next}. `}
      {`${number(counts.idle)} of ${many(counts.starts, "lane")} found nothing; ${many(counts.spared, "cron")} asked no query. `}
      {counts.lost > 0 && `${many(counts.lost, "consumer")} ended without a word. `}
      {counts.unannounced > 0 && `${many(counts.unannounced, "job")} came unannounced: call jobs.wake() after a transaction of your own. `}
      {isUnderPressure && "The database has no room for more connections, so fewer lanes are started. "}
      {failures > 1 && `The last ${number(failures)} looks failed, or found what is due and could not take it.`}
    </p>
  );
}
