/**
 * One enqueue, resolved: the definition's defaults, the call's own options, all checked.
 * @module
 */
import { isBetween, isText, MAX_TEXT, MAX_TIMEOUT_MS, SMALLINT } from "../base/bounds.ts";
import { type Duration, formatDuration, parseDuration } from "../base/durations.ts";
import { isUuid } from "../base/ids.ts";
import { byteLength, findNonJson, fitsBytes, wrongText } from "../base/json-value.ts";
import { Problems, show } from "../base/problems.ts";
import { TRACE_HEADERS, traceHeaders } from "../base/trace-headers.ts";
import type { JobDefinition } from "../job/job-definition.ts";
import type { EnqueueOptions } from "../job/jobs-client.ts";
import type { NewJob } from "../store/new-job.ts";

/** Further in either direction is taken for a mistake. */
const MAX_DELAY_MS = 3_650 * 86_400_000;

export interface ResolveContext {
  readonly newId: () => string;
  /** Milliseconds since the epoch; asked for only where a date is given. */
  readonly now: () => number;
  /** The payload as JSON; null: the payload does not fit its schema, so no key is made from it. */
  readonly payloadJson: string | null;
}

export type Resolved = { readonly ok: true; readonly job: NewJob } | { readonly ok: false; readonly problems: Problems };

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

/** Resolves one enqueue of a payload that can be stored. Paths of problems start with `options`. */
export function resolveEnqueue(definition: JobDefinition, payload: unknown, options: EnqueueOptions, context: ResolveContext): Resolved {
  const stored = payload === undefined ? {} : payload;
  const problems = new Problems();
  const wrong = (option: string, message: string) => problems.add(["options", option], message);
  const { id, queue = definition.queue, priority = definition.priority, retries = definition.retries } = options;
  if (id !== undefined && !(typeof id === "string" && isUuid(id))) wrong("id", `is ${show(id)}; it is a UUID`);
  if (!isText(queue)) wrong("queue", `is ${show(queue)}; it takes 1 to ${MAX_TEXT} characters`);
  if (!isBetween(priority, SMALLINT.least, SMALLINT.most))
    wrong("priority", `is ${show(priority)}; it is a whole number from ${SMALLINT.least} to ${SMALLINT.most}`);
  if (!isBetween(retries, 0, SMALLINT.most - 1))
    wrong("retries", `is ${show(retries)}; it is a whole number from 0 to ${SMALLINT.most - 1}`);
  const timeoutMs = resolveTimeout(options.timeout, wrong);
  const due = resolveDelay(options.delay, context.now, wrong);
  const expires = resolveExpiry(options.expiresIn === undefined ? definition.expiresInMs : options.expiresIn, context.now, wrong);
  const key = context.payloadJson !== null ? resolveKey(definition, stored, options.concurrencyKey, wrong) : null;
  for (const option of ["source", ...TRACE_HEADERS] as const) {
    const value = options[option];
    if (value === undefined) continue;
    if (typeof value !== "string" || value.length > 1_024) wrong(option, `is ${show(value)}; it is text of up to 1024 characters`);
    else if (wrongText(value)) wrong(option, `${wrongText(value)}`);
  }
  if (options.createdBy !== undefined && !isText(options.createdBy))
    wrong("createdBy", `is ${show(options.createdBy)}; it is text of up to ${MAX_TEXT} characters`);
  if (problems.count > 0) return { ok: false, problems };
  const job: NewJob = {
    id: id ?? context.newId(),
    name: definition.name,
    queue,
    priority,
    retries,
    timeoutMs,
    key,
    limit: definition.limit.live ?? null,
    runningLimit: definition.limit.running ?? null,
    idempotent: definition.idempotent,
    expect: null,
    ...due,
    ...expires,
    payloadJson: context.payloadJson ?? "{}",
    source: options.source ?? null,
    createdBy: options.createdBy ?? null,
    trace: traceHeaders((name) => options[name]),
  };
  return { ok: true, job };
}

type Wrong = (option: string, message: string) => void;

function resolveTimeout(timeout: Duration | undefined, wrong: Wrong): number | null {
  if (timeout === undefined) return null;
  const ms = isDuration(timeout) ? parseDuration(timeout) : undefined;
  if (ms !== undefined && isBetween(ms, 1, MAX_TIMEOUT_MS)) return ms;
  wrong("timeout", `is ${show(timeout)}; it is a duration such as "30s", up to ${formatDuration(MAX_TIMEOUT_MS)}`);
  return null;
}

function resolveDelay(delay: Duration | Date | undefined, now: () => number, wrong: Wrong): Pick<NewJob, "delayMs" | "runAt"> {
  if (delay === undefined) return { delayMs: null, runAt: null };
  if (delay instanceof Date) {
    if (Math.abs(delay.getTime() - now()) <= MAX_DELAY_MS) return { delayMs: null, runAt: delay.toISOString() };
    wrong("delay", `is ${Number.isNaN(delay.getTime()) ? "no valid date" : delay.toISOString()}; it is a date within ten years`);
    return { delayMs: null, runAt: null };
  }
  const ms = isDuration(delay) ? parseDuration(delay) : undefined;
  if (ms === undefined || ms > MAX_DELAY_MS) wrong("delay", `is ${show(delay)}; it is a duration such as "10m", from 0 to ten years`);
  return { delayMs: ms ?? null, runAt: null };
}

function resolveExpiry(
  expiry: Duration | Date | null | undefined,
  now: () => number,
  wrong: Wrong,
): Pick<NewJob, "expiresMs" | "expiresAt"> {
  if (expiry === undefined || expiry === null) return { expiresMs: null, expiresAt: null };
  if (expiry instanceof Date) {
    if (Math.abs(expiry.getTime() - now()) <= MAX_DELAY_MS) return { expiresMs: null, expiresAt: expiry.toISOString() };
    wrong("expiresIn", `is ${Number.isNaN(expiry.getTime()) ? "no valid date" : expiry.toISOString()}; it is a date within ten years`);
    return { expiresMs: null, expiresAt: null };
  }
  const ms = isDuration(expiry) ? parseDuration(expiry) : undefined;
  if (ms === undefined || ms === 0 || ms > MAX_DELAY_MS)
    wrong("expiresIn", `is ${show(expiry)}; it is a duration such as "1d", up to ten years`);
  return { expiresMs: ms ?? null, expiresAt: null };
}

function resolveKey(definition: JobDefinition, payload: unknown, own: string | null | undefined, wrong: Wrong): string | null {
  let key: unknown = own;
  if (own === undefined) {
    try {
      key = definition.concurrencyKey?.(payload as never) ?? null;
    } catch (error) {
      wrong("concurrencyKey", `cannot be made from this payload: ${error instanceof Error ? error.message : String(error)}`);
      return null;
    }
  }
  if (key === null || key === "") return null;
  if (isText(key)) return key;
  wrong("concurrencyKey", `is ${show(key)}; it is text of up to ${MAX_TEXT} characters`);
  return null;
}

function isDuration(value: unknown): value is Duration {
  return typeof value === "string" || typeof value === "number";
}
