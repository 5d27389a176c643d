/**
 * What a diagnosis needs to know of the wake ledger, where there is one.
 * @module
 */

export interface LedgerFacts {
  /** Milliseconds until it starts somebody; negative: overdue; null: nothing is due. */
  readonly nextInMs: number | null;
  /** Jobs that a look has found without a wake, since the ledger was made. */
  readonly unannounced: number;
}

/** Read from the text of `GET /metrics`; undefined where no ledger tells of itself there. */
export function ledgerFactsIn(metrics: string): LedgerFacts | undefined {
  const unannounced = sampleOf(metrics, "mayfly_ledger_unannounced_jobs_total");
  if (unannounced === undefined) return undefined;
  const next = sampleOf(metrics, "mayfly_ledger_next_seconds");
  return { nextInMs: next === undefined ? null : next * 1_000, unannounced };
}

function sampleOf(metrics: string, name: string): number | undefined {
  const line = metrics.split("\n").find((text) => text.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length + 1));
}
