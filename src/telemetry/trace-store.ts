/**
 * A worker's store with its turns, rescues, housekeeping and fires told of, those that did something.
 * @module
 */
import { type Attributes, type Span, SpanKind } from "@opentelemetry/api";
import type { Clock } from "../base/clock.ts";
import type { TraceHeaders } from "../base/trace-headers.ts";
import type { NewJob } from "../store/new-job.ts";
import type { CallOptions, Fired, Store } from "../store/store.ts";
import type { MaintainReply, TickReply } from "../store/tick.ts";
import type { Turn, TurnReply } from "../store/turn.ts";
import type { Attempts } from "./attempts.ts";
import { jobsOf } from "./attributes.ts";
import { errorType, fail } from "./errors.ts";
import { currentInstruments } from "./instruments.ts";
import { safely } from "./safely.ts";
import { currentTracer, endSpan, startSpan } from "./scope.ts";
import type { TickTrace } from "./tick-trace.ts";
import { toHeaders } from "./trace-context.ts";

export interface TraceStoreOptions {
  readonly attempts: Attempts;
  readonly tick: TickTrace;
  readonly clock: Pick<Clock, "now">;
  readonly workerId: string;
}

/** The store, traced. */
export function traceStore(store: Store, { attempts, tick, clock, workerId }: TraceStoreOptions): Store {
  /** Makes the span of a call afterwards: `describe` answers nothing of a call that did nothing. */
  async function told<T>(
    name: string,
    call: () => Promise<T>,
    describe: (reply: T) => Attributes | undefined,
    callOptions: CallOptions = {},
  ): Promise<T> {
    if (!currentTracer() && !currentInstruments()) return await call();
    const startTime = clock.now();
    const start = (attributes: Attributes): Span | undefined => {
      tick.tell();
      return startSpan(
        name,
        { kind: SpanKind.CLIENT, startTime, attributes: { "mayfly.worker.id": workerId, ...attributes } },
        tick.inside,
      );
    };
    try {
      const reply = await call();
      const attributes = describe(reply);
      if (attributes) endSpan(start(attributes));
      return reply;
    } catch (error) {
      // At its end a worker gives up what it asks.
      const span = callOptions.signal?.aborted ? undefined : start({});
      if (span) fail(span, error);
      endSpan(span);
      throw error;
    }
  }

  /** Of the last schedules that fired: those of their jobs that were overtaken go in by themselves, right after. */
  let lastFire: TraceHeaders | undefined;

  return {
    ...store,

    async enqueue(jobs, callOptions) {
      try {
        const replies = await store.enqueue(
          jobs.map((job) => linked(job, lastFire)),
          callOptions,
        );
        countSent(
          jobs,
          replies.map(({ outcome }) => outcome),
        );
        return replies;
      } catch (error) {
        countFailed(jobs, error);
        throw error;
      }
    },

    async turn(turn, callOptions) {
      const reply = await told(
        "turn",
        () => store.turn(turn, callOptions),
        (answer) => describeTurn(turn, answer),
        callOptions,
      );
      const instruments = currentInstruments();
      if (instruments) {
        attempts.settled(turn, reply, instruments);
        attempts.claimed(turn, reply);
      }
      return reply;
    },

    async tick(request, callOptions) {
      const reply = await told("rescue", () => store.tick(request, callOptions), describeRescue, callOptions);
      for (const [queue, name, outcome, count] of reply.rescued) {
        const more = { "mayfly.outcome": outcome, ...(outcome === "lost" ? { "error.type": "job_lost" } : {}) };
        safely(() => currentInstruments()?.consumed.add(count, jobsOf("process", queue, name, more)));
      }
      return reply;
    },

    maintain: (retentionDays, limit, callOptions) =>
      told("maintain", () => store.maintain(retentionDays, limit, callOptions), describeMaintenance, callOptions),

    async fireSchedules(application, fires, callOptions) {
      // It comes before the jobs that link to it.
      const span = startSpan("schedule", { kind: SpanKind.PRODUCER, attributes: { "mayfly.worker.id": workerId } }, tick.inside);
      const headers = span && toHeaders(span.spanContext());
      lastFire = headers;
      try {
        const fired = await store.fireSchedules(
          application,
          fires.map((fire) => ({ ...fire, jobs: fire.jobs.map((job) => linked(job, headers)) })),
          callOptions,
        );
        for (const { name, outcomes } of fired) countSent(fires.find((fire) => fire.name === name)?.jobs ?? [], outcomes);
        if (fired.length === 0) return fired;
        safely(() => span?.setAttributes(describeFired(fired)));
        tick.tell();
        endSpan(span);
        return fired;
      } catch (error) {
        if (span) fail(span, error);
        countFailed(
          fires.flatMap(({ jobs }) => jobs),
          error,
        );
        tick.tell();
        endSpan(span);
        throw error;
      }
    },
  };
}

function describeTurn({ settle }: Turn, { jobs, rejections, setAside }: TurnReply): Attributes | undefined {
  if (settle.length + jobs.length + setAside === 0) return undefined;
  return {
    "mayfly.turn.settled": settle.length,
    "mayfly.turn.claimed": jobs.length,
    "mayfly.turn.set_aside": setAside,
    "mayfly.turn.claims_lost": rejections.filter(({ reason }) => reason === "claim_lost").length,
  };
}

function describeRescue({ lost, failed }: TickReply): Attributes | undefined {
  if (lost + failed.length === 0) return undefined;
  return { "mayfly.rescue.lost": lost, "mayfly.rescue.failed": failed.map(({ sqlState }) => sqlState) };
}

function describeMaintenance({ expired, failed }: MaintainReply): Attributes | undefined {
  if (expired + failed.length === 0) return undefined;
  return { "mayfly.maintain.expired": expired, "mayfly.maintain.failed": failed.map(({ duty }) => duty) };
}

function describeFired(fired: readonly Fired[]): Attributes {
  const outcomes = fired.flatMap((one) => one.outcomes);
  return {
    "mayfly.schedule.names": fired.map(({ name }) => name),
    "messaging.batch.message_count": outcomes.length,
    "mayfly.schedule.enqueued": outcomes.filter((outcome) => outcome === "enqueued").length,
  };
}

/** The job, with what its attempts are to link to. */
function linked(job: NewJob, headers: TraceHeaders | undefined): NewJob {
  return headers ? { ...job, trace: headers } : job;
}

/** A duplicate is a job whose first reply was lost: the id is the tick's own. */
function countSent(jobs: readonly NewJob[], outcomes: readonly string[]): void {
  for (const [index, { queue, name }] of jobs.entries())
    if (outcomes[index] === "enqueued" || outcomes[index] === "duplicate") addSent(queue, name);
}

function countFailed(jobs: readonly NewJob[], error: unknown): void {
  for (const { queue, name } of jobs) addSent(queue, name, { "error.type": errorType(error) });
}

function addSent(queue: string, name: string, more?: Attributes): void {
  safely(() => currentInstruments()?.sent.add(1, jobsOf("send", queue, name, more)));
}
