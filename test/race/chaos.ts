/**
 * A driver whose calls lose their reply, are killed midway, are sent twice at once, or come once more, later.
 * @module
 */
import type pgClient from "pg";
import type { Driver, Row, Statement } from "../../src/postgres/driver/driver.ts";
import { DriverError } from "../../src/postgres/driver/errors.ts";
import { pg } from "../../src/postgres/driver/pg.ts";
import * as statements from "../../src/postgres/sql/statements.ts";
import type { Random } from "../support/random.ts";
import { LATE_MS } from "./stage.ts";

/** A call that gave up waiting for a lock. */
export interface TimedOut {
  readonly statement: string;
  readonly params: readonly (string | null)[];
  readonly at: number;
}

export interface ChaosDriver extends Driver {
  /** Faults by kind. */
  readonly faults: Record<"lost" | "killed" | "twin" | "late", number>;
  /** Ids of jobs in enqueues of which more than one copy reached the database. */
  readonly copied: ReadonlySet<string>;
  /** SQLSTATEs seen, by how often. */
  readonly states: Map<string, number>;
  readonly timedOut: readonly TimedOut[];
  /** Calls that were broken off by a deadlock, and where they were. */
  readonly deadlocks: readonly string[];
  /** Resolves once the last late copy has run. */
  settled(): Promise<void>;
}

/** One call in eight or so goes wrong. */
export function chaosDriver(pool: pgClient.Pool, random: Random): ChaosDriver {
  const calm = pg(pool);
  const faults = { lost: 0, killed: 0, twin: 0, late: 0 };
  const copied = new Set<string>();
  const states = new Map<string, number>();
  const timedOut: TimedOut[] = [];
  const deadlocks: string[] = [];
  const late = new Set<Promise<unknown>>();

  async function send(statement: Statement): Promise<Row[]> {
    try {
      return await calm.query(statement);
    } catch (error) {
      const state = error instanceof DriverError ? (error.sqlState ?? error.failure) : String(error);
      states.set(state, (states.get(state) ?? 0) + 1);
      if (state === "55P03") timedOut.push({ statement: nameOf(statement), params: statement.params, at: performance.now() });
      if (state === "40P01") deadlocks.push(`${nameOf(statement)}: ${error}`);
      throw error;
    }
  }

  /** Cuts the connection a few milliseconds into the call. */
  async function sendKilled(statement: Statement): Promise<Row[]> {
    const client = await pool.connect();
    const ignore = () => {};
    client.on("error", ignore);
    const timer = setTimeout(() => {
      pool.query("select pg_terminate_backend($1)", [(client as unknown as { processID: number }).processID]).catch(() => {});
    }, random.below(6));
    try {
      const { rows } = await client.query({
        text: statement.text,
        values: [...statement.params],
        types: { getTypeParser: () => (value: string) => value },
      });
      return rows as Row[];
    } catch {
      throw new DriverError("unknown", "killed midway");
    } finally {
      clearTimeout(timer);
      client.off("error", ignore);
      client.release(true);
    }
  }

  const lost = () => new DriverError("unknown", "the reply was lost");

  return {
    faults,
    copied,
    states,
    timedOut,
    deadlocks,
    async settled() {
      while (late.size > 0) await Promise.all(late);
    },
    async query(statement) {
      const dice = random.next();
      const copy = () => {
        for (const id of enqueuedIds(nameOf(statement), statement.params)) copied.add(id);
      };
      if (dice < 0.04) {
        faults.lost++;
        await send(statement);
        throw lost();
      }
      if (dice < 0.07) {
        faults.killed++;
        copy();
        const rows = await sendKilled(statement);
        if (random.chance(0.5)) throw lost();
        return rows;
      }
      if (dice < 0.1) {
        faults.twin++;
        copy();
        const [one, other] = await Promise.allSettled([send(statement), send(statement)]);
        const told = random.chance(0.5) ? one : other;
        if (told.status === "rejected") throw told.reason;
        return told.value;
      }
      if (dice < 0.13) {
        faults.late++;
        copy();
        const comes: Promise<unknown> = new Promise((resolve) => setTimeout(resolve, random.below(LATE_MS)))
          .then(() => send(statement))
          .catch(() => {})
          .finally(() => late.delete(comes));
        late.add(comes);
      }
      return await send(statement);
    },
    transaction() {
      throw new Error("the race sends no transactions");
    },
  };
}

const NAMES = new Map(Object.entries(statements).map(([name, text]) => [text, name]));

function nameOf({ text }: Statement): string {
  return NAMES.get(text) ?? text;
}

/** The jobs that a call enqueues. */
export function enqueuedIds(statement: string, params: readonly (string | null)[]): string[] {
  if (statement === "enqueueOne") return [params[10] ?? ""];
  if (statement === "enqueueGroup") return (params[10] ?? "").slice(1, -1).split(",");
  if (statement === "enqueueAll") return (JSON.parse(params[0] ?? "[]") as { id: string }[]).map(({ id }) => id);
  return [];
}
