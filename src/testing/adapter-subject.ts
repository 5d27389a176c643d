/**
 * An adapter under test, and what a check does with it.
 * @module
 */
import type { JobStatus } from "../job/jobs-client.ts";
import { equal } from "./expect.ts";

/** A deployed application, and what has to be done behind its back. */
export interface AdapterSubject {
  /** Sends a request to its API. */
  request(
    path: string,
    init?: { readonly method?: string; readonly headers?: Record<string, string>; readonly body?: string },
  ): Promise<Response>;
  /** A producer's token. */
  readonly token: string;
  /** An operator's token. */
  readonly operatorToken: string;
  /** Starts an invocation as the scheduler does, and waits for its end. Rejects where the platform counts it as failed. */
  tick(): Promise<void>;
  /** Ends the invocation that runs as a crash would, and makes the next one possible. */
  crash(): Promise<void>;
  /** A time-out, in milliseconds, longer than an invocation can last. */
  readonly tooLongMs: number;
  /** Runs SQL in its database. */
  sql<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
  /** The database goes away at once, every connection cut; and comes back. */
  readonly database: { kill(): Promise<void>; restart(): Promise<void> };
  /** A URL whose answers the check holds back. */
  openGate(): Promise<Gate>;
}

/** A URL on which a job waits. */
export interface Gate {
  readonly url: string;
  /** Resolves when somebody has asked. */
  readonly arrived: Promise<unknown>;
  /** Answers "open", those who come later too. */
  open(): void;
  close(): Promise<void>;
}

/** Names for this many jobs. */
export function names(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `n${n}`);
}

/** Enqueues behind the adapter's back, so that nothing is poked, and forgets earlier results; answers the ids. */
export async function put({ sql }: AdapterSubject, jobs: readonly Readonly<Record<string, unknown>>[]): Promise<string[]> {
  await sql("truncate mayfly.result");
  const rows = await sql<{ id: string }>("select id from mayfly.enqueue_v1($1)", [JSON.stringify(jobs)]);
  return rows.map(({ id }) => id);
}

/** Asks with a producer's token, unless it says otherwise. */
export function api({ request, token }: Pick<AdapterSubject, "request" | "token">, path: string, body?: unknown): Promise<Response> {
  const headers = { authorization: `Bearer ${token}` };
  return request(path, body === undefined ? { headers } : { method: "POST", headers, body: JSON.stringify(body) });
}

/** The job as the API tells an operator, whoever enqueued it. */
export async function jobOf({ request, operatorToken }: AdapterSubject, id: string): Promise<JobStatus> {
  const response = await api({ request, token: operatorToken }, `/v1/jobs/${id}`);
  equal(response.status, 200);
  return (await response.json()) as JobStatus;
}

/** Whether a job has ended. */
export const ended = ({ finishedAt }: JobStatus) => finishedAt !== undefined;

/** Jobs that have not ended. */
export function live({ sql }: AdapterSubject): Promise<{ state: string; attempt: number }[]> {
  return sql("select state, attempt from mayfly.live");
}

/** How many workers have not signed off. */
export async function workers({ sql }: AdapterSubject): Promise<number> {
  return (await sql("select id from mayfly.worker where left_at is null")).length;
}

/** How many attempts there were of each job and outcome. */
export async function outcomes({ sql }: AdapterSubject): Promise<Record<string, number>> {
  const rows = await sql<{ what: string; n: number }>(
    "select name || ' ' || outcome as what, count(*)::int as n from mayfly.result group by 1 order by 1",
  );
  return Object.fromEntries(rows.map(({ what, n }) => [what, n]));
}

/** With a gate that is closed afterwards, also when the check fails. */
export async function withGate(subject: AdapterSubject, use: (gate: Gate) => Promise<void>): Promise<void> {
  const gate = await subject.openGate();
  try {
    await use(gate);
  } finally {
    await gate.close();
  }
}
