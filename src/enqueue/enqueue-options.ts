/**
 * One enqueue, resolved: the definition's defaults, the call's own options, all checked.
 * @module
 */
import type { Clock } from "../base/clock.ts";
import { parseDuration } from "../base/durations.ts";
import { byteLength, findNonJson, fitsBytes } from "../base/json-value.ts";
import { checkNames } from "../base/option-names.ts";
import { type Problems, show } from "../base/problems.ts";
import { traceHeaders } from "../base/trace-headers.ts";
import type { JobDefinition } from "../job/job-definition.ts";
import type { EnqueueOptions } from "../job/jobs-client.ts";
import { checkSettings, MAX_DELAY_MS } from "../job/settings.ts";
import type { NewJob } from "../store/new-job.ts";
import { hideValues } from "./without-values.ts";

/** Where ids and the time come from. */
export interface Ids {
  readonly newId: () => string;
  readonly clock: Pick<Clock, "now">;
}

export interface ResolveContext extends Ids {
  /** The payload as JSON; null: the payload does not fit its schema, so no key is made from it. */
  readonly payloadJson: string | null;
}

/** A payload that can be stored, as JSON, or what keeps it from that. */
export type Measured =
  | { readonly ok: true; readonly json: string }
  | { readonly ok: false; readonly code: "invalid_payload" | "payload_too_large"; readonly problems: Problems };

/** Measures a payload. It is measured before its schema is asked: a schema would report a problem in every part of a payload that is far too large. */
export function measurePayload(payload: unknown, maxBytes: number): Measured {
  const stored = payload === undefined ? {} : payload;
  const problems = findNonJson(stored);
  if (stored === null) problems.add([], "is null; a payload is an object, or left out");
  if (problems.count > 0) return { ok: false, code: "invalid_payload", problems };
  const json = JSON.stringify(stored);
  if (fitsBytes(json, maxBytes)) return { ok: true, json };
  problems.add([], `is ${byteLength(json)} bytes of JSON; at most ${maxBytes} are taken. Store it elsewhere and pass a reference`);
  return { ok: false, code: "payload_too_large", problems };
}

const OPTIONS = [
  "id",
  "queue",
  "delay",
  "within",
  "expiresIn",
  "priority",
  "retries",
  "timeout",
  "concurrencyKey",
  "source",
  "createdBy",
  "traceparent",
  "tracestate",
] satisfies (keyof EnqueueOptions)[];

/** The job of one enqueue; undefined where there are problems. Adds what is wrong with the options, at paths that start with `options`. */
export function resolveEnqueue(
  definition: JobDefinition,
  payload: unknown,
  options: EnqueueOptions,
  context: ResolveContext,
  problems: Problems,
): NewJob | undefined {
  checkNames(options, OPTIONS, problems, ["options"]);
  const { id, queue = definition.queue, priority = definition.priority, retries = definition.retries } = options;
  const expiresIn = options.expiresIn === undefined ? definition.expiresInMs : (options.expiresIn ?? undefined);
  const within = options.within === undefined ? definition.withinMs : (options.within ?? undefined);
  const due = momentOf("delay", options.delay, context.clock, problems);
  const expires = momentOf("expiresIn", expiresIn, context.clock, problems);
  const key = context.payloadJson === null ? undefined : keyOf(definition, payload, options.concurrencyKey, problems);
  const settings = { ...options, queue, priority, retries, delay: due.length, within, expiresIn: expires.length, concurrencyKey: key };
  checkSettings(settings, problems, ["options"]);
  if (problems.count > 0) return undefined;
  return {
    id: id ?? context.newId(),
    name: definition.name,
    queue,
    priority,
    retries,
    timeoutMs: parseDuration(options.timeout) ?? null,
    key: (key as string | undefined) ?? null,
    limit: definition.limit.live ?? null,
    runningLimit: definition.limit.running ?? null,
    idempotent: definition.idempotent,
    expect: null,
    delayMs: parseDuration(due.length) ?? null,
    runAt: due.at ?? null,
    withinMs: parseDuration(within) ?? null,
    expiresMs: parseDuration(expires.length) ?? null,
    expiresAt: expires.at ?? null,
    payloadJson: context.payloadJson ?? "{}",
    source: options.source ?? null,
    createdBy: options.createdBy ?? null,
    trace: traceHeaders((name) => options[name]),
  };
}

/** A date as it is sent, or else the length of time, whatever it is. */
function momentOf(
  option: string,
  value: unknown,
  clock: Ids["clock"],
  problems: Problems,
): { readonly at?: string; readonly length?: unknown } {
  if (!(value instanceof Date)) return { length: value };
  if (Math.abs(value.getTime() - clock.now()) <= MAX_DELAY_MS) return { at: value.toISOString() };
  problems.add(["options", option], `is ${show(value)}; a date is at most ten years away`);
  return {};
}

/** Undefined: it has none. */
function keyOf(definition: JobDefinition, payload: unknown, own: string | null | undefined, problems: Problems): unknown {
  try {
    const key: unknown = own === undefined ? definition.concurrencyKey?.((payload === undefined ? {} : payload) as never) : own;
    return key === null || key === "" ? undefined : key;
  } catch (error) {
    problems.add(
      ["options", "concurrencyKey"],
      `cannot be made from this payload: ${error instanceof Error ? `${error.name}: ${hideValues(error.message, payload)}` : "no error was thrown"}`,
    );
    return undefined;
  }
}
