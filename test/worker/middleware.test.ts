/**
 * Middleware round every run.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Logger } from "../../src/base/logger.ts";
import { defineJob } from "../../src/job/job-definition.ts";
import type { Middleware } from "../../src/job/middleware.ts";
import { useEngine } from "../support/engine.ts";
import { createWorker } from "../support/worker.ts";

const engine = useEngine();
const work = defineJob("work");

async function runOne(middleware: Middleware<undefined>[], run: Parameters<typeof work.handle<undefined>>[0], logger?: Logger) {
  const handlers = [work.handle<undefined>(run)];
  const { jobs } = createWorker({ store: engine.database.store, handlers });
  const { id } = await jobs.enqueue(work, {});
  await engine.run({ handlers, middleware, env: undefined, ...(logger ? { logger } : {}) });
  return await engine.status(id);
}

test("the first is outermost, and what it returns is the output", async () => {
  const events: string[] = [];
  const wrap =
    (name: string): Middleware<undefined> =>
    async (context, next) => {
      events.push(`${name} in`);
      const output = await next(context);
      events.push(`${name} out`);
      return `${name}(${String(output)})`;
    };
  const { attempts } = await runOne([wrap("a"), wrap("b")], () => {
    events.push("run");
    return "x";
  });
  assert.deepEqual(events, ["a in", "b in", "run", "b out", "a out"]);
  assert.equal(attempts[0]?.output, "a(b(x))");
});

test("a changed copy of the context is whole: the handler has its signal and its logger", async () => {
  const seen: unknown[] = [];
  const { state } = await runOne(
    [async (context, next) => await next({ ...context, payload: "changed" })],
    ({ payload, signal, logger }) => {
      seen.push(payload, signal.aborted, typeof logger.info);
    },
  );
  assert.deepEqual([state, seen], ["successful", ["changed", false, "function"]]);
});

test("one that throws, before or after the run, ends the attempt as errored, with its own error", async () => {
  for (const middleware of [
    () => {
      throw new RangeError("closed");
    },
    async (context, next) => {
      await next(context);
      throw new RangeError("closed");
    },
  ] satisfies Middleware<undefined>[]) {
    const { state, attempts } = await runOne([middleware], () => "x");
    assert.deepEqual([state, attempts[0]?.error?.name, attempts[0]?.error?.message], ["errored", "RangeError", "closed"]);
  }
});

test("every line of the handler's logger has the ids of job and attempt", async () => {
  const lines: Record<string, unknown>[] = [];
  const logging = (fields: Record<string, unknown>): Logger => ({
    debug() {},
    warn() {},
    error() {},
    info: (message, more) => void lines.push({ message, ...fields, ...more }),
    child: (more) => logging({ ...fields, ...more }),
  });
  let claimed = "";
  const { id } = await runOne(
    [],
    ({ logger, claimId }) => {
      claimed = claimId;
      logger.info("hello", { n: 1 });
    },
    logging({}),
  );
  assert.deepEqual(lines, [{ message: "hello", jobId: id, job: "work", attempt: 1, claimId: claimed, n: 1 }]);
});
