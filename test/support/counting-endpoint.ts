/**
 * A database behind Neon's protocol that counts what it is asked.
 * @module
 */
import { pgDatabase } from "../../src/dev/neon-endpoint/database.ts";
import { startNeonEndpoint } from "../../src/dev/neon-endpoint/server.ts";
import type { TestDatabase } from "./database.ts";

export interface CountingEndpoint {
  /** A Worker's variables that lead to it. */
  readonly vars: Readonly<Record<string, string>>;
  /** Statements asked so far. */
  readonly queries: number;
  close(): Promise<void>;
}

/** Starts it. */
export async function startCountingEndpoint({ pool }: Pick<TestDatabase, "pool">): Promise<CountingEndpoint> {
  const inner = pgDatabase(pool);
  let queries = 0;
  const endpoint = await startNeonEndpoint({
    database: {
      query(statement) {
        queries++;
        return inner.query(statement);
      },
      batch(statements, mode) {
        queries += statements.length;
        return inner.batch(statements, mode);
      },
    },
  });
  return {
    vars: { DATABASE_URL: `postgresql://user:password@${new URL(endpoint.url).host}/db`, MAYFLY_NEON_ENDPOINT: endpoint.url },
    get queries() {
      return queries;
    },
    close: () => endpoint.close(),
  };
}
