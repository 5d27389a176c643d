/**
 * A database in which every text that can be is hostile.
 * @module
 */
import { defineJob, type JobDefinition } from "../../src/index.ts";
import type { SqlDatabase } from "../support/each-postgres.ts";
import { claim, newId } from "../support/samples.ts";
import { announce, endOne, hold, waiting } from "./support.ts";

export interface HostileIds {
  readonly waits: string;
  readonly runs: string;
  readonly failed: string;
  readonly parked: string;
}

export function hostileJob(text: string): JobDefinition {
  return defineJob(text, { queue: text });
}

/** Fills every list, and every field of each, with this text: the database has up to 255 characters for names. */
export async function fillWith(database: SqlDatabase, text: string): Promise<HostileIds> {
  const worker = { runtime: text, host: text };
  const job = {
    name: text,
    queue: text,
    source: text,
    createdBy: text,
    trace: { traceparent: text, tracestate: text },
    payload: { [text]: text },
  };
  const error = { name: text, message: text, stack: text };
  const failed = await endOne(database, { ...job, key: `${text}1` }, { error, output: { [text]: [text] } });
  const { ids } = await hold(database, [{ ...job, key: text }], worker);
  const parked = await waiting(database, { ...job, name: `${text}2` });
  await claim(database.store, { queues: [text], names: ["other"], ...worker });
  const waits = await waiting(database, { ...job, key: `${text}3` });
  await announce(database, text, { name: text, nextAt: "2999-01-01T00:00:00Z", definition: { when: text, timezone: text, job: text } });
  return { waits, runs: ids[0] ?? newId(), failed, parked };
}
