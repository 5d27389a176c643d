/**
 * The history of a simulation against the plain model: every broken promise, as a sentence.
 * @module
 */
import { checkKeys, checkTicks } from "./across.ts";
import type { Event } from "./history.ts";
import { Life } from "./life.ts";
import { runKey } from "./record.ts";
import type { Rules } from "./rules.ts";

export function checkHistory(events: readonly Event[], rules: Rules): string[] {
  const { record } = rules;
  const byJob = Map.groupBy(events, ({ row }) => row.id);
  const found: string[] = [];
  const claims = new Set<string>();
  for (const [id, all] of byJob) {
    const life = new Life(id, all[0]?.row.name ?? "", record, rules);
    for (const transaction of transactions(all)) life.take(transaction);
    life.end();
    for (const claim of life.claims) claims.add(runKey(id, claim));
    found.push(...life.violations);
  }
  for (const [key, runs] of record.runs) {
    if (runs.length > 1) found.push(`${key}: its handler was called ${runs.length} times under one claim`);
    if (!claims.has(key)) found.push(`${key}: its handler was called, and nobody had claimed it`);
  }
  for (const [id, successors] of record.retried)
    if (successors.size > 1) found.push(`${id}: retried by hand, it was told ${successors.size} successors`);
  for (const [id, told] of record.told)
    if ((told.has("enqueued") || told.has("duplicate")) && !byJob.has(id))
      found.push(`${id}: it was told ${[...told].join()}, and is not there`);
  return [
    ...found,
    ...checkKeys(events, record),
    ...checkTicks(new Set(byJob.keys()), record),
    ...checkResults(events),
    ...checkClaims(events, rules),
    ...checkCancels(record),
  ];
}

/** Events of one job come in the order of transactions. */
function* transactions(events: readonly Event[]): Generator<Event[]> {
  for (let from = 0; from < events.length; ) {
    let to = from + 1;
    while (events[to]?.tx === events[from]?.tx) to++;
    yield events.slice(from, to);
    from = to;
  }
}

/** At most one accepted result an attempt. */
function checkResults(events: readonly Event[]): string[] {
  const results = events.filter(({ kind }) => kind === "R").map(({ row }) => runKey(row.id, row.claim_id ?? ""));
  return results.filter((key, at) => results.indexOf(key) !== at).map((key) => `${key}: its attempt has two results`);
}

/** A claim takes its jobs in one transaction, whatever is repeated; and who is told of a claim is told of each of its jobs. */
function checkClaims(events: readonly Event[], { record }: Rules): string[] {
  const found: string[] = [];
  const taken = new Map<string, string>();
  for (const { kind, place, tx, row } of events) {
    if (kind !== "I" || place !== "running") continue;
    const claim = row.claim_id ?? "";
    const first = taken.get(claim) ?? tx;
    taken.set(claim, first);
    if (first !== tx) found.push(`claim ${claim}: it took jobs twice`);
    if (record.claimed.get(claim)?.has(row.id) === false) found.push(`claim ${claim}: it has ${row.id}, and its worker was not told`);
  }
  return found;
}

/** Once a cancel was answered, no attempt begins: not even one that had been claimed before. */
function checkCancels({ cancelled, runs }: Rules["record"]): string[] {
  const found: string[] = [];
  for (const [run] of runs.values()) {
    const told = cancelled.get(run?.id ?? "")?.find(({ outcome }) => outcome === "requested" || outcome === "cancelled");
    if (run && told && run.attempt > 1 && run.startedAt > told.at)
      found.push(`${run.id}: attempt ${run.attempt} began after its cancel was answered`);
  }
  return found;
}
