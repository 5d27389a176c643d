/**
 * A driver whose calls lose their reply, are killed midway, are sent twice at once, or come once more, later.
 * @module
 */
import type pgClient from "pg";
import type { Driver, Row, Statement } from "../../src/postgres/driver/driver.ts";
import { DriverError } from "../../src/postgres/driver/errors.ts";
import { pg } from "../../src/postgres/driver/pg.ts";
import type { Random } from "../support/random.ts";

export interface ChaosDriver extends Driver {
  /** Faults by kind. */
  readonly faults: Record<"lost" | "killed" | "twin" | "late", number>;
  /** Calls of which more than one copy reached the database. */
  readonly copied: ReadonlySet<string>;
  /** SQLSTATEs seen, by how often. */
  readonly states: Map<string, number>;
  /** Resolves once the last late copy has run. */
  settled(): Promise<void>;
}

/** One call in eight or so goes wrong. */
export function chaosDriver(pool: pgClient.Pool, random: Random): ChaosDriver {
  const calm = pg(pool);
  const faults = { lost: 0, killed: 0, twin: 0, late: 0 };
  const copied = new Set<string>();
  const states = new Map<string, number>();
  const late = new Set<Promise<unknown>>();

  async function send(statement: Statement): Promise<Row[]> {
    try {
      return await calm.query(statement);
    } catch (error) {
      const state = error instanceof DriverError ? (error.sqlState ?? error.failure) : String(error);
      states.set(state, (states.get(state) ?? 0) + 1);
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
    async settled() {
      while (late.size > 0) await Promise.all(late);
    },
    async query(statement) {
      const dice = random.next();
      const name = String(statement.params[0]);
      if (dice < 0.04) {
        faults.lost++;
        await send(statement);
        throw lost();
      }
      if (dice < 0.07) {
        faults.killed++;
        copied.add(name);
        const rows = await sendKilled(statement);
        if (random.chance(0.5)) throw lost();
        return rows;
      }
      if (dice < 0.1) {
        faults.twin++;
        copied.add(name);
        const [one, other] = await Promise.allSettled([send(statement), send(statement)]);
        const told = random.chance(0.5) ? one : other;
        if (told.status === "rejected") throw told.reason;
        return told.value;
      }
      if (dice < 0.13) {
        faults.late++;
        copied.add(name);
        const copy: Promise<unknown> = new Promise((resolve) => setTimeout(resolve, random.below(2_500)))
          .then(() => send(statement))
          .catch(() => {})
          .finally(() => late.delete(copy));
        late.add(copy);
      }
      return await send(statement);
    },
    transaction() {
      throw new Error("the race sends no transactions");
    },
  };
}
