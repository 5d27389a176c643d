/**
 * onAborted and onFailed: after the result, before any retry, bounded.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as z from "zod";
import type { HookContext } from "../../src/job/handler.ts";
import { defineJob } from "../../src/job/job-definition.ts";
import { useEngine } from "../support/engine.ts";
import { claim } from "../support/samples.ts";
import { virtualClock } from "../support/virtual-clock.ts";
import { createWorker, recordingLogger } from "../support/worker.ts";

const engine = useEngine();

const work = defineJob("work", {
  payload: z.object({ day: z.iso.date().transform((day) => new Date(day)) }),
  retries: 1,
  timeout: "5s",
});

/** Handlers that write down what happens to them, in order. */
function recorder(run: () => unknown = () => undefined) {
  const events: string[] = [];
  const seen: HookContext<unknown, { token: string }>[] = [];
  const hook = (name: string) => (context: HookContext<unknown, { token: string }>) => {
    events.push(`${name} ${context.result.outcome} ${context.result.attempt}`);
    seen.push(context);
  };
  const handler = work.handle<{ token: string }>(
    ({ attempt }) => {
      events.push(`run ${attempt}`);
      return run();
    },
    { onAborted: hook("onAborted"), onFailed: hook("onFailed") },
  );
  return { events, seen, options: { handlers: [handler], env: { token: "t" } } };
}

const producer = () => createWorker({ store: engine.database.store, handlers: [] }).jobs;

/** Claims everything as a worker with hooks does, and dies. */
async function claimAndDie(): Promise<void> {
  await claim(engine.database.store, { hookNames: ["work"] });
  await engine.loseAll();
}

test("a lost attempt: onAborted with result, payload and environment, then the retry", async () => {
  const { events, seen, options } = recorder();
  const { id } = await producer().enqueue(work, { day: "2026-01-02" });
  await claimAndDie();
  await engine.run(options);
  assert.deepEqual(events, ["onAborted lost 1", "run 2"]);
  const [context] = seen;
  assert.deepEqual(
    [context?.id, context?.payload, context?.env, context?.result.error?.name, context?.attempt, context?.retries],
    [id, { day: new Date("2026-01-02") }, { token: "t" }, "LostError", 1, 1],
  );
});

test("the last attempt lost: onAborted, then onFailed, then the job is gone", async () => {
  const { events, options } = recorder();
  await producer().enqueue(work, { day: "2026-01-02" }, { retries: 0 });
  await claimAndDie();
  await engine.run(options);
  assert.deepEqual(events, ["onAborted lost 1", "onFailed lost 1"]);
  assert.deepEqual(await engine.database.sql("select id from mayfly.live"), []);
});

test("the last attempt errored: onFailed alone, once, with the error; not before", async () => {
  const { events, seen, options } = recorder(() => {
    throw new TypeError("broken");
  });
  await producer().enqueue(work, { day: "2026-01-02" });
  await engine.run(options);
  assert.deepEqual(events, ["run 1", "run 2", "onFailed errored 2"]);
  assert.deepEqual([seen[0]?.result.error?.name, seen[0]?.result.error?.message], ["TypeError", "broken"]);
});

test("cancelled while it waits: onAborted alone, with the reason", async () => {
  const { events, seen, options } = recorder();
  const jobs = producer();
  const { id } = await jobs.enqueue(work, { day: "2026-01-02" }, { delay: "1h" });
  assert.equal(await jobs.cancel(id), "cancelled");
  await engine.run(options);
  assert.deepEqual(events, ["onAborted cancelled 0"]);
  assert.equal(seen[0]?.result.error?.name, "CancelledError");
});

test("expired: onAborted too", async () => {
  const { events, seen, options } = recorder();
  await producer().enqueue(work, { day: "2026-01-02" }, { expiresIn: "1h" });
  await engine.database.sql("update mayfly.ready set expires_at = now() - interval '1 second'");
  await engine.run(options);
  assert.deepEqual([events, seen[0]?.result.error?.name], [["onAborted cancelled 0"], "ExpiredError"]);
});

test("success, and a failure that is retried, call no hook", async () => {
  let calls = 0;
  const { events, options } = recorder(() => {
    if (++calls === 1) throw new Error("once");
  });
  await producer().enqueue(work, { day: "2026-01-02" });
  await engine.run(options);
  assert.deepEqual(events, ["run 1", "run 2"]);
});

test("a hook that throws is tried three times, then given up, and the retry still happens", async () => {
  let hooks = 0;
  let runs = 0;
  const handler = work.handle(() => void runs++, {
    onAborted() {
      hooks++;
      throw new Error("hook");
    },
  });
  const logger = recordingLogger();
  const { id } = await producer().enqueue(work, { day: "2026-01-02" });
  await claimAndDie();
  for (let time = 0; time < 4; time++) {
    await engine.run({ handlers: [handler], logger });
    await engine.makeDue();
  }
  assert.deepEqual([hooks, runs, (await engine.status(id)).state], [3, 1, "successful"]);
  assert.deepEqual(
    logger.lines.map(({ message }) => message),
    ["hook failed", "hook failed", "hook given up"],
  );
});

test("a hook that killed its worker three times is not called again", async () => {
  const { events, options } = recorder();
  await producer().enqueue(work, { day: "2026-01-02" });
  for (let time = 0; time < 4; time++) await claimAndDie();
  await engine.run(options);
  assert.deepEqual(events, ["run 2"]);
});

test("a hook has the job's time-out: its signal aborts, and its slot's attempt at it is over", async () => {
  const clock = virtualClock();
  let reason: unknown;
  const { promise: called, resolve: call } = Promise.withResolvers<void>();
  const handler = work.handle(() => undefined, {
    onAborted: ({ signal }) => {
      call();
      return new Promise((resolve) =>
        signal.addEventListener("abort", () => {
          reason = signal.reason;
          resolve(undefined);
        }),
      );
    },
  });
  await producer().enqueue(work, { day: "2026-01-02" });
  await claimAndDie();
  const running = engine.run({ handlers: [handler], clock });
  await Promise.all([called, clock.sleeperOf(5_000)]);
  clock.advance(5_000);
  await running;
  assert.match(String(reason), /the hook of work ran longer than its time-out of 5s/);
  assert.deepEqual(await engine.database.sql("select hook, hook_tries as tries, state from mayfly.live"), [
    { hook: "lost", tries: 1, state: "scheduled" },
  ]);
});

test("a payload that no longer fits its schema leaves the hook out, and says so", async () => {
  const { events, options } = recorder();
  const logger = recordingLogger();
  await producer().enqueue(work, { day: "2026-01-02" }, { retries: 0 });
  await engine.database.sql(`update mayfly.job set payload = '{"day": "tomorrow"}'`);
  await claimAndDie();
  await engine.run({ ...options, logger });
  assert.deepEqual(
    [events, logger.lines.map(({ message }) => message), await engine.database.sql("select id from mayfly.live")],
    [[], ["hook left out"], []],
  );
});
