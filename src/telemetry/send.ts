/**
 * One enqueue under way, as a span and as metrics.
 * @module
 */
import { type Attributes, context, type Span, SpanKind, trace } from "@opentelemetry/api";
import type { TraceHeaders } from "../base/trace-headers.ts";
import type { EnqueueOutcome } from "../job/jobs-client.ts";
import { jobsOf, operation } from "./attributes.ts";
import { errorType, fail } from "./errors.ts";
import { currentInstruments, type Instruments } from "./instruments.ts";
import { safely } from "./safely.ts";
import { currentTracer, endSpan, startSpan } from "./scope.ts";
import { fromHeaders, toHeaders } from "./trace-context.ts";

/** A job on its way, as far as telemetry tells of it. */
export interface Sending {
  readonly queue: string;
  readonly name: string;
}

/** What became of it. */
export interface Sent {
  /** Empty: not known. */
  readonly id: string;
  readonly outcome: EnqueueOutcome;
}

export interface SendOptions {
  /** Of its span; asked only where there is one. */
  readonly attributes: () => Attributes;
  /** Whose request it is, where no span is active. */
  readonly caller?: TraceHeaders | undefined;
  /** Contexts that the jobs had before; asked as `attributes`. */
  readonly created: () => readonly TraceHeaders[];
  /** The jobs have spans of their own. */
  readonly separate?: boolean;
}

export class Send {
  readonly #span: Span | undefined;
  readonly #instruments: Instruments | undefined;
  readonly #jobs: readonly Sending[];
  readonly #startedAt = performance.now();

  private constructor(span: Span | undefined, instruments: Instruments | undefined, jobs: readonly Sending[]) {
    this.#span = span;
    this.#instruments = instruments;
    this.#jobs = jobs;
  }

  /** Undefined where nobody listens. */
  static start(jobs: () => readonly Sending[], { attributes, caller, created, separate = false }: SendOptions): Send | undefined {
    const [tracer, instruments] = [currentTracer(), currentInstruments()];
    if (!tracer && !instruments) return undefined;
    const sending = jobs();
    const queue = oneQueue(sending);
    const start = () =>
      startSpan(
        queue === undefined ? "send" : `send ${queue}`,
        {
          kind: separate ? SpanKind.CLIENT : SpanKind.PRODUCER,
          attributes: {
            ...operation("send"),
            ...destination(queue),
            ...(sending.length === 1 ? { "mayfly.job.name": sending[0]?.name } : { "messaging.batch.message_count": sending.length }),
            ...attributes(),
          },
          links: created()
            .flatMap((headers) => fromHeaders(headers) ?? [])
            .map((linked) => ({ context: linked })),
        },
        withCaller(caller),
      );
    const span = tracer && start();
    return new Send(span, instruments, sending);
  }

  /** What the jobs carry, to be linked to. */
  get headers(): TraceHeaders | undefined {
    return this.#span && toHeaders(this.#span.spanContext());
  }

  /** Calls inside of the span, and tells how it ended. */
  async run<T>(call: () => Promise<T>, tell: (result: T) => readonly (Sent | undefined)[]): Promise<T> {
    try {
      const result = await (this.#span ? context.with(trace.setSpan(context.active(), this.#span), call) : call());
      this.#succeed(tell(result));
      return result;
    } catch (error) {
      this.fail(error);
      throw error;
    }
  }

  set(attributes: Attributes): void {
    safely(() => this.#span?.setAttributes(attributes));
  }

  fail(error: unknown): void {
    const type = errorType(error);
    if (this.#span) fail(this.#span, error, type);
    this.#count(this.#jobs, { "error.type": type });
    this.#end({ "error.type": type });
  }

  #succeed(sent: readonly (Sent | undefined)[]): void {
    const [only] = sent;
    if (this.#jobs.length === 1 && only) {
      this.set({
        ...(only.id === "" ? {} : { "messaging.message.id": only.id }),
        ...(only.outcome === "enqueued" ? {} : { "mayfly.enqueue.outcome": only.outcome }),
      });
    } else if (this.#span) {
      const others = sent.flatMap((one) => (one && one.outcome !== "enqueued" ? [one.outcome] : []));
      for (const outcome of new Set(others))
        this.set({ [`mayfly.enqueue.${outcome}`]: others.filter((other) => other === outcome).length });
    }
    this.#count(this.#jobs.filter((_, index) => sent[index]?.outcome === "enqueued"));
    this.#end();
  }

  #count(jobs: readonly Sending[], more?: Attributes): void {
    if (!this.#instruments) return;
    const groups = new Map<string, { readonly job: Sending; count: number }>();
    for (const job of jobs) {
      const key = JSON.stringify([job.queue, job.name]);
      const group = groups.get(key) ?? { job, count: 0 };
      group.count++;
      groups.set(key, group);
    }
    for (const { job, count } of groups.values())
      safely(() => this.#instruments?.sent.add(count, jobsOf("send", job.queue, job.name, more)));
  }

  #end(more?: Attributes): void {
    const seconds = (performance.now() - this.#startedAt) / 1_000;
    safely(() => this.#instruments?.operation.record(seconds, { ...operation("send"), ...destination(oneQueue(this.#jobs)), ...more }));
    endSpan(this.#span);
  }
}

function destination(queue: string | undefined): Attributes {
  return queue === undefined ? {} : { "messaging.destination.name": queue };
}

/** Undefined for several. */
function oneQueue(jobs: readonly Sending[]): string | undefined {
  const [first] = jobs;
  return jobs.every(({ queue }) => queue === first?.queue) ? first?.queue : undefined;
}

function withCaller(caller: TraceHeaders | undefined) {
  const active = context.active();
  const remote = caller && !trace.getSpan(active) ? fromHeaders(caller) : undefined;
  return remote ? trace.setSpanContext(active, remote) : active;
}
