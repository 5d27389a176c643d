/**
 * All that ever happened to the rows of live jobs and results, written down by triggers in the order in which it did.
 * @module
 */
import type { SimulationDatabase } from "./embedded-database.ts";

/** A live row that came (`I`), changed where it was (`U`) or went (`D`); or (`R`) a result. */
export interface Event {
  readonly kind: "I" | "U" | "D" | "R";
  readonly place: "ready" | "scheduled" | "running" | "result";
  /** Events of one transaction share it. */
  readonly tx: string;
  /** By the database's clock, in milliseconds since the epoch. */
  readonly at: number;
  readonly row: EventRow;
}

/** Those columns of the tables that rules are about. */
export interface EventRow {
  readonly id: string;
  readonly name: string;
  readonly queue: string;
  readonly attempt: number;
  readonly retries?: number;
  readonly claim_id?: string | null;
  readonly worker_id?: string | null;
  readonly hook?: string | null;
  readonly hook_tries?: number | null;
  readonly ended?: boolean | null;
  readonly held_key?: string | null;
  readonly running_limit?: number | null;
  readonly reason?: string | null;
  readonly outcome?: string;
  readonly retry_at?: string | null;
  readonly error?: { readonly name?: string } | null;
}

/** Installed once, after the migrations. */
export const HISTORY = `
  create schema simulation;
  create table simulation.event (
    seq bigint generated always as identity, tx xid8 not null default pg_current_xact_id(), at timestamptz not null default clock_timestamp(),
    kind text not null, place text not null, row jsonb not null
  );
  create function simulation.note() returns trigger language plpgsql as $$
  begin
    insert into simulation.event (kind, place, row)
    values (
      case when tg_argv[0] = 'result' then 'R' else left(tg_op, 1) end, tg_argv[0],
      case when tg_op = 'DELETE' then to_jsonb(old) else to_jsonb(new) end
    );
    return null;
  end $$;
  create trigger note after insert or update or delete on mayfly.ready for each row execute function simulation.note('ready');
  create trigger note after insert or update or delete on mayfly.scheduled for each row execute function simulation.note('scheduled');
  create trigger note after insert or update or delete on mayfly.running for each row execute function simulation.note('running');
  create trigger note after insert on mayfly.result for each row execute function simulation.note('result');`;

/** Everything so far, in order. */
export async function readHistory(database: SimulationDatabase): Promise<Event[]> {
  const rows = await database.sql<{ kind: Event["kind"]; place: Event["place"]; tx: string; at: string; row: EventRow }>(
    "select kind, place, tx::text, (extract(epoch from at) * 1000)::bigint::text as at, row from simulation.event order by seq",
  );
  return rows.map(({ at, ...event }) => ({ ...event, at: Number(at) }));
}
