/**
 * Lines of a log: the ids of span and attempt on each, and a form for people.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { trace } from "@opentelemetry/api";
import type { Logger } from "../../src/base/logger.ts";
import { defineJob } from "../../src/job/job-definition.ts";
import { prettyLogger } from "../../src/telemetry/pretty-logger.ts";
import { withTraceIds } from "../../src/telemetry/trace-ids.ts";
import { useQueue } from "../support/queue.ts";
import { useSdk } from "../support/sdk.ts";
import { wakerOf } from "../support/waker.ts";

const sdk = useSdk();
const queue = useQueue();
const work = defineJob("work", { retries: 0 });

/** Keeps every line with all of its fields. */
function keeping(lines: Record<string, unknown>[], fields: Record<string, unknown> = {}): Logger {
  const write = (message: string, more?: Record<string, unknown>) => void lines.push({ message, ...fields, ...more });
  return { debug: write, info: write, warn: write, error: write, child: (more) => keeping(lines, { ...fields, ...more }) };
}

test("every line inside a run has the ids of its job and attempt, and those of the span that is active", async () => {
  const lines: Record<string, unknown>[] = [];
  const { jobs, tick } = queue.open({ jobs: [work], logger: keeping(lines) });
  const { id } = await jobs.enqueue(work, { secret: "s3cret" } as never);
  const handler = work.handle<undefined>(
    ({ logger }) => {
      logger.info("outer");
      trace.getTracer("test").startActiveSpan("own", (own) => {
        logger.child({ part: 1 }).info("inner");
        own.end();
      });
      throw new Error("no");
    },
    { onFailed: ({ logger }) => logger.info("hook_done") },
  );
  await tick([handler]);
  const [process, own, hook] = [sdk.span("process default"), sdk.span("own"), sdk.span("hook default")].map((span) => span.spanContext());
  assert.deepEqual(
    ["outer", "inner", "hook_done"]
      .map((text) => lines.find(({ message }) => message === text))
      .map((line) => [line?.jobId, line?.attempt, line?.trace_id, line?.span_id]),
    [process, own, hook].map((span) => [id, 1, span?.traceId, span?.spanId]),
  );
  assert.deepEqual(lines.filter(({ message }) => message === "job failed").length, 1, "one line an event");
  assert.doesNotMatch(JSON.stringify(lines), /s3cret/);
});

test("lines of a drain after an enqueue have the ids of the span that is active, too", async () => {
  const lines: Record<string, unknown>[] = [];
  const { mayfly, consumer } = queue.open({ jobs: [work], logger: keeping(lines) });
  const failing = { ...consumer([work.handle<undefined>(() => {})]), run: () => Promise.reject(new Error("no room")) };
  mayfly.onAnnounce(wakerOf(failing, withTraceIds(keeping(lines))));
  const left: Promise<unknown>[] = [];
  await mayfly.connect(undefined, { waitUntil: (promise) => void left.push(promise) }).enqueue(work, {});
  await Promise.all(left);
  const { traceId } = sdk.span("send default").spanContext();
  assert.deepEqual(
    lines.map(({ message, trace_id }) => [message, trace_id]),
    [["a drain after an enqueue failed; the next cron runs the jobs", traceId]],
  );
});

test("outside of a span a line has no such ids", async () => {
  const lines: Record<string, unknown>[] = [];
  const { jobs, tick } = queue.open({ jobs: [work], logger: keeping(lines) });
  await jobs.enqueue(work, {});
  await tick([work.handle<undefined>(() => Promise.reject(new Error("no")))]);
  const failed = lines.find(({ message }) => message === "job failed");
  assert.deepEqual([failed?.message, failed && "trace_id" in failed], ["job failed", false]);
});

test("at a terminal: time, level, message and fields, and below it the stack of an error", (mock) => {
  const written: unknown[] = [];
  mock.mock.method(console, "error", (line: unknown) => written.push(line));
  const logger = prettyLogger(() => Date.UTC(2026, 0, 2, 3, 4, 5, 6)).child({ jobId: "7", why: "two words" });
  logger.error("job failed", { error: { name: "TypeError", message: "no", stack: "TypeError: no\n    at x" }, list: [1] });
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  logger.error("odd", { circular, none: undefined });
  const plain = written.map((line) => stripVTControlCharacters(String(line)));
  assert.equal(plain[0], '03:04:05.006 error job failed jobId=7 why="two words" list=[1]\n  TypeError: no\n      at x');
  assert.match(plain[1] ?? "", /^03:04:05\.006 error odd jobId=7 why="two words" circular=.* none=undefined$/);
});

test("at a terminal, no name, field, message or stack moves the cursor", (mock) => {
  const written: string[] = [];
  mock.mock.method(console, "warn", (line: string) => written.push(line));
  const evil = "\u001b[2Jup\u009b1A\r\u0007\u007f";
  const told = "\\u001b[2Jup\\u009b1A\\u000d\\u0007\\u007f";
  const stack = `Error: ${evil}\n\tat x`;
  prettyLogger(() => 0).warn(`${evil}\tend`, { [evil]: 1, job: evil, list: [evil], error: { name: "Error", message: evil, stack } });
  const [line = ""] = written;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the test looks for control characters
  assert.doesNotMatch(line.replaceAll(/\u001b\[\d+m/g, ""), /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
  const plain = stripVTControlCharacters(line);
  assert.ok(plain.startsWith(`00:00:00.000 warn  ${told}\tend ${told}=1 job=`), plain);
  assert.ok(plain.endsWith(`\n  Error: ${told}\n  \tat x`), plain);
});
