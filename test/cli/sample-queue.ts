/**
 * The command on a queue of its own: `sample.config.ts` over a fresh database, emptied before each test.
 * @module
 */
import assert from "node:assert/strict";
import { type TestDatabase, useDatabase } from "../support/database.ts";
import { run } from "./program.ts";

export interface SampleQueue {
  readonly database: TestDatabase;
  /** Runs the command to its end: exit code, what it answered, and all that it printed. */
  mayfly(...args: string[]): Promise<{ code: number | null; answer: string; all: string }>;
  /** The same with --json, which has to end well. */
  json<T>(...args: string[]): Promise<T>;
}

/** For the tests of the file that calls it. */
export function sampleQueue(): SampleQueue {
  const database = useDatabase();

  async function mayfly(...args: string[]) {
    const program = run([...args, "--config", "test/cli/sample.config.ts"], { DATABASE_URL: database.url });
    return { code: await program.ended, answer: program.stdout(), all: program.output() };
  }
  return {
    database,
    mayfly,
    async json<T>(...args: string[]) {
      const { code, answer, all } = await mayfly(...args, "--json");
      assert.equal(code, 0, all);
      return JSON.parse(answer) as T;
    },
  };
}
