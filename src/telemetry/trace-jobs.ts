/**
 * The queue's client with its enqueues told of: a span each, whose context the jobs carry to their attempts, and what was sent as metrics.
 * @module
 */
import { SpanKind } from "@opentelemetry/api";
import { callSite } from "../base/call-site.ts";
import type { TraceHeaders } from "../base/trace-headers.ts";
import { type BatchEntry, findWrongEntries } from "../enqueue/batch.ts";
import type { OnceJobsClient } from "../enqueue/jobs.ts";
import type { JobDefinition } from "../job/job-definition.ts";
import type { EnqueueOptions, EnqueueOutcome, TransactionResult } from "../job/jobs-client.ts";
import { codeOf, jobsOf } from "./attributes.ts";
import { fail } from "./errors.ts";
import { currentTracer, endSpan, startSpan } from "./scope.ts";
import { Send, type Sending, type Sent } from "./send.ts";
import { fromHeaders, toHeaders } from "./trace-context.ts";

export interface TraceJobsOptions {
  /** The headers of the request that the client is for. Its jobs carry them where there is no SDK. */
  readonly caller?: TraceHeaders | undefined;
  /** Told when something has been recorded, so that somebody can flush it. */
  readonly onRecorded?: () => void;
}

/** A job whose statement has been made, and the context it carries. */
interface Created extends Sending {
  readonly headers: TraceHeaders | undefined;
}

/** The client, traced. With no SDK registered it does what `jobs` does. */
export function traceJobs(jobs: OnceJobsClient, { caller, onRecorded = () => {} }: TraceJobsOptions = {}): OnceJobsClient {
  const created = new WeakMap<object, Created>();
  const remote = caller && fromHeaders(caller);
  const carried = remote && toHeaders(remote);

  function start(method: string, source: string | undefined, requests: readonly BatchEntry[]): Send | undefined {
    return Send.start(() => requests.map(sendingOf), {
      attributes: () => ({ "code.function.name": `jobs.${method}`, ...codeOf(source) }),
      caller,
      created: () => requests.flatMap(([, , options]) => (options?.traceparent === undefined ? [] : [options])),
    });
  }

  /** Runs it, told of where somebody listens. */
  async function run<T>(
    send: Send | undefined,
    call: (headers: TraceHeaders | undefined) => Promise<T>,
    tell: (result: T) => Sent[],
  ): Promise<T> {
    if (!send) return await call(carried);
    try {
      return await send.run(() => call(send.headers), tell);
    } finally {
      onRecorded();
    }
  }

  const client: OnceJobsClient = {
    ...jobs,

    async enqueue(definition: JobDefinition, payload?: unknown, options?: EnqueueOptions) {
      const source = options?.source ?? callSite(client.enqueue);
      return await run(
        start("enqueue", source, [[definition, payload, options]]),
        (headers) => jobs.enqueue(definition, payload as never, carrying(options, source, headers)),
        (result) => [result],
      );
    },

    async enqueueMany(batch) {
      const source = callSite(client.enqueueMany);
      // Refused where everything is checked; what it would be told of is not there.
      if (findWrongEntries(batch).count > 0) return await jobs.enqueueMany(batch);
      const requests = batch as readonly BatchEntry[];
      return await run(
        start("enqueueMany", source, requests),
        (headers) =>
          jobs.enqueueMany(
            requests.map(([definition, payload, options]) => [definition, payload, carrying(options, source, headers)] as never),
          ),
        (results) => results,
      );
    },

    async enqueueOnce(requests, request) {
      const source = requests[0]?.[2]?.source;
      const send = start("enqueueOnce", source, requests);
      return await run(
        send,
        (headers) =>
          jobs.enqueueOnce(
            requests.map(([definition, payload, options]) => [definition, payload, carrying(options, undefined, headers)]),
            request,
          ),
        ({ replayed, results }) => {
          if (replayed) send?.set({ "mayfly.enqueue.replayed": true });
          // What went in then was told of then.
          return replayed ? [] : [...results];
        },
      );
    },

    statement(definition, payload, options) {
      const source = options?.source ?? callSite(client.statement);
      const request: BatchEntry = [definition as JobDefinition, payload, options];
      if (!currentTracer()) {
        const statement = jobs.statement(definition, payload, carrying(options, source, carried));
        created.set(statement, { ...sendingOf(request), headers: undefined });
        return statement;
      }
      const { queue, name } = sendingOf(request);
      const attributes = { ...jobsOf("create", queue, name), "code.function.name": "jobs.statement", ...codeOf(source) };
      // It ends here: whose transaction it will be in, and when, is not known.
      const span = startSpan(`create ${queue}`, { kind: SpanKind.PRODUCER, attributes });
      try {
        const headers = span && toHeaders(span.spanContext());
        const statement = jobs.statement(definition, payload, carrying(options, source, headers));
        created.set(statement, { queue, name, headers });
        return statement;
      } catch (error) {
        if (span) fail(span, error);
        throw error;
      } finally {
        endSpan(span);
        onRecorded();
      }
    },

    async transaction(statements) {
      const known = statements.map((statement) => created.get(statement));
      const list = known.filter((one) => one !== undefined);
      if (list.length === 0) return await jobs.transaction(statements);
      const send = Send.start(() => list, {
        attributes: () => ({ "code.function.name": "jobs.transaction", ...codeOf(callSite(client.transaction)) }),
        created: () => list.flatMap(({ headers }) => headers ?? []),
        separate: true,
      });
      return await run(
        send,
        () => jobs.transaction(statements),
        (result) => sentBy(result, known),
      );
    },
  };
  return client;
}

function sendingOf([definition, , options]: BatchEntry): Sending {
  return { queue: options?.queue ?? definition.queue, name: definition.name };
}

/** The options, with where the call was made and the context to be linked to, unless they have their own. */
function carrying<Options extends EnqueueOptions>(
  options: Options | undefined,
  source: string | undefined,
  headers: TraceHeaders | undefined,
): Options {
  const traced = options?.traceparent === undefined ? headers : undefined;
  return { ...(source === undefined ? {} : { source }), ...options, ...traced } as Options;
}

/** What the transaction answered of each job. One that had been committed before was sent then, by a try whose reply was lost. */
function sentBy({ outcome, rows }: TransactionResult, known: readonly (Created | undefined)[]): Sent[] {
  return known.flatMap((one, index): Sent[] => {
    if (!one) return [];
    const [row] = rows[index] ?? [];
    return [
      outcome === "already_committed" || !row
        ? { id: "", outcome: "enqueued" }
        : { id: row.id ?? "", outcome: row.outcome as EnqueueOutcome },
    ];
  });
}
