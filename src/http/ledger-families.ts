/**
 * What `GET /metrics` tells of the wake ledger.
 * @module
 */
import type { LedgerStatus } from "../wake/status.ts";
import type { MetricFamily } from "./prometheus.ts";

/** Counted by the ledger, each with its help. */
const COUNTS: readonly (readonly [key: keyof LedgerStatus["counts"], name: string, help: string])[] = [
  ["wakes", "wakes", "Wakes that it was told of."],
  ["starts", "starts", "Lanes that it has started."],
  ["calls", "calls", "Calls of consumers that live elsewhere."],
  ["idle", "idle_looks", "Consumers that looked and found nothing to run."],
  ["spared", "spared_looks", "Crons that asked it and did not have to look."],
  ["lost", "lost_leases", "Consumers that ended without a word."],
  ["unannounced", "unannounced_jobs", "Jobs that a look has found, and that nobody had announced."],
];

/** Its gauges and counters; one ledger serves all programs of a database, so these are not to be summed. */
export function ledgerFamilies({ lanes, pending, nextInMs, counts }: LedgerStatus): MetricFamily[] {
  const one = (name: string, type: MetricFamily["type"], help: string, value: number): MetricFamily => ({
    name: `mayfly_ledger_${name}`,
    type,
    help,
    samples: [[{}, value]],
  });
  return [
    one("lanes", "gauge", "Lanes at work.", lanes),
    one("pending", "gauge", "Announced jobs that are not known to be gone.", pending),
    ...(nextInMs === null ? [] : [one("next_seconds", "gauge", "Until something is due, as far as it knows.", nextInMs / 1_000)]),
    ...COUNTS.map(([key, name, help]) => one(`${name}_total`, "counter", help, counts[key])),
  ];
}
