/**
 * What workers and operators were told, against what the history says.
 * @module
 */
import type { TestDatabase } from "../support/database.ts";
import type { Ledger } from "./ledger.ts";

interface ResultRow {
  readonly id: string;
  readonly claim_id: string | null;
  readonly outcome: string;
  readonly last: boolean;
  readonly purged: boolean;
}

export async function findFalseWords({ sql }: TestDatabase, ledger: Ledger): Promise<string[]> {
  const rows = await sql<ResultRow>("select id, claim_id, outcome, last, purged from race.event where kind = 'R'");
  const ends = new Map(rows.filter(({ last }) => last).map(({ id, outcome }) => [id, outcome]));
  const successors = await sql<{ id: string; retried_as: string | null }>(
    "select id, retried_as from mayfly.result where retry_at is null",
  );
  return [
    ...toldOfSettlements(new Map(rows.map((row) => [`${row.id}|${row.claim_id}`, row])), ledger),
    ...toldOfCancels(ends, ledger),
    ...toldOfRetries(new Map(successors.map(({ id, retried_as }) => [id, retried_as])), ledger),
  ];
}

function toldOfSettlements(results: ReadonlyMap<string, ResultRow>, ledger: Ledger): string[] {
  const found: string[] = [];
  for (const [key, { settlement, answers }] of ledger.settled) {
    const { outcome, retryInMs } = settlement;
    if (outcome === "released" || outcome === "hook_done") continue;
    const result = results.get(key);
    // One that would run again ends as cancelled, where that was asked for.
    const agrees =
      result?.outcome === outcome || (result?.outcome === "cancelled" && result.last && (retryInMs !== null || outcome === "lost"));
    const told = [...answers].join(", ");
    if (answers.has("claim_lost")) {
      if (result?.outcome === "successful") found.push(`${key} was told claim_lost, and its result is there`);
    } else if ((answers.has("accepted") || answers.has("already")) && (!agrees || result?.purged)) {
      found.push(`${key} was told ${told} as ${outcome}, and the table has ${result?.outcome}`);
    }
    if (answers.has("claim_lost") && answers.has("accepted")) found.push(`${key} was told ${told}`);
  }
  for (const key of ledger.lostClaims) {
    const outcome = results.get(key)?.outcome;
    if (outcome !== undefined && outcome !== "lost" && outcome !== "cancelled")
      found.push(`${key} was told that its claim is lost, and the table has ${outcome}`);
  }
  return found;
}

function toldOfCancels(ends: ReadonlyMap<string, string>, ledger: Ledger): string[] {
  const found: string[] = [];
  for (const [id, told] of ledger.cancels) {
    const end = ends.get(id);
    if (told.has("cancelled") && end !== "cancelled") found.push(`${id} was told cancelled, and the table has ${end}`);
    if (told.has("cancelled") && told.has("finished")) found.push(`${id} was told both cancelled and finished`);
    if (told.has("unknown") && !ledger.foreign.has(id)) found.push(`${id} went in, and cancelling it was told unknown`);
  }
  return found;
}

function toldOfRetries(successors: ReadonlyMap<string, string | null>, ledger: Ledger): string[] {
  const found: string[] = [];
  for (const [id, told] of ledger.retries) {
    const successor = successors.get(id);
    for (const result of told) {
      const made = result.outcome === "enqueued" || result.outcome === "already";
      // Its results may have been removed.
      if (ledger.foreign.has(id) && (result.outcome === "unknown" || successor === undefined)) continue;
      if (made && result.id !== successor) found.push(`${id} was told ${result.outcome} as ${result.id}, and the table has ${successor}`);
      if (result.outcome === "unknown") found.push(`${id} went in, and retrying it was told unknown`);
    }
  }
  return found;
}
