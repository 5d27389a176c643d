/**
 * Schedules in ticks: each tick fires once, a bad one stops no other, a changed one takes effect at the next tick.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as z from "zod";
import type { Handler } from "../../src/job/handler.ts";
import { defineJob } from "../../src/job/job-definition.ts";
import { command } from "../../src/schedule/command.ts";
import { type ScheduleEntry, schedule } from "../../src/schedule/schedule.ts";
import { type TickResult, tick } from "../../src/worker/tick.ts";
import { useEngine } from "../support/engine.ts";
import { createWorker, recordingLogger, schedulesOf } from "../support/worker.ts";

const engine = useEngine();
const work = defineJob("work", { payload: z.object({ day: z.iso.date().optional() }) });

function runTick(
  entries: readonly ScheduleEntry[],
  handlers: readonly Handler<undefined>[] = [],
  logger = recordingLogger(),
): Promise<TickResult> {
  const worker = createWorker<undefined>({ store: engine.database.store, handlers, logger });
  return tick(worker, { waitMs: 0, schedules: schedulesOf(entries), retentionDays: 7 });
}

/** Lets a schedule wait for a tick so long ago. */
const makeDue = (name: string, ago: string) =>
  engine.database.sql("update mayfly.schedule set next_at = date_trunc('minute', now()) - $2::interval where name = $1", [name, ago]);

const jobs = () =>
  engine.database.sql<{ name: string; run_at: Date; payload: unknown }>(
    "select name, queue, priority, run_at, payload, source, created_by, key from mayfly.job order by run_at",
  );

test("a due schedule enqueues its job with the tick as its time, where it comes from, and its own options; the same tick runs it", async () => {
  const entry = schedule("daily", "0 9 * * *", work, {
    payload: (tickAt) => ({ day: tickAt.toISOString().slice(0, 10) }),
    options: { priority: 4, concurrencyKey: "k" },
  });
  await runTick([entry]);
  assert.deepEqual(await jobs(), [], "nothing is due when a schedule is first announced");
  await engine.database.sql("update mayfly.schedule set next_at = '2026-01-02T09:00:00Z'");
  const ran: unknown[] = [];
  const paused = await runTick([entry], []);
  assert.equal(paused.claimed, 0);
  const [job] = await jobs();
  assert.ok(job);
  const { run_at, source, ...rest } = job as typeof job & { source: string };
  const last = new Date();
  if (last.getUTCHours() < 9) last.setUTCDate(last.getUTCDate() - 1);
  last.setUTCHours(9, 0, 0, 0);
  assert.equal(new Date(run_at).getTime(), last.getTime(), "once: the latest of the ticks that have passed");
  assert.match(source, /test\/schedule\/schedules\.test\.ts:\d+$/);
  const day = last.toISOString().slice(0, 10);
  assert.deepEqual(rest, { name: "work", queue: "default", priority: 4, payload: { day }, created_by: "schedule daily", key: "k" });
  const handlers = [work.handle<undefined>(({ payload, runAt }) => void ran.push([payload.day, new Date(runAt).getTime()]))];
  assert.equal((await runTick([entry], handlers)).successful, 1);
  assert.deepEqual(ran, [[day, last.getTime()]]);
});

test("the policies for missed ticks: once, all, skip", async () => {
  const entries = (["once", "all", "skip"] as const).map((missed) =>
    schedule(missed, "*/10 * * * *", work, { missed, options: { queue: missed } }),
  );
  await runTick(entries);
  for (const { name } of entries) await makeDue(name, "1 hour");
  // A tick of the last two minutes is not missed: move them all out of the way of the clock.
  const custom = schedule("late", { next: (after) => new Date(after.getTime() + 3_600_000) }, work, {
    missed: "skip",
    options: { queue: "late" },
  });
  await runTick([...entries, custom]);
  const counts = await engine.database.sql<{ queue: string; n: number }>(
    "select queue, count(*)::int as n from mayfly.job where queue in ('once', 'all') group by queue order by queue",
  );
  const all = counts.find(({ queue }) => queue === "all")?.n ?? 0;
  assert.ok(all >= 5 && all <= 7, `${all} ticks of ten minutes in an hour`);
  assert.equal(counts.find(({ queue }) => queue === "once")?.n, 1);
  await engine.database.sql("update mayfly.schedule set next_at = now() - interval '30 minutes' where name = 'late'");
  await runTick([...entries, custom]);
  assert.deepEqual(await engine.database.sql("select count(*)::int as n from mayfly.job where queue = 'late'"), [{ n: 0 }]);
  assert.deepEqual(
    await engine.database.sql("select fire_count::int as fires, next_at > now() as later from mayfly.schedule where name = 'late'"),
    [{ fires: 1, later: true }],
  );
});

test("without overlap a tick that comes while the last job lives is let pass", async () => {
  const entry = schedule("slow", "* * * * *", work, { overlap: "skip", missed: "all" });
  await runTick([entry]);
  await makeDue("slow", "3 minutes");
  await runTick([entry]);
  assert.equal((await jobs()).length, 1, "of many ticks at once, the latest");
  await makeDue("slow", "0");
  await runTick([entry]);
  assert.equal((await jobs()).length, 1);
});

test("one that fails is told of and left as it is, and the others fire", async () => {
  const broken = schedule("broken", { next: () => new Date(Number.NaN) }, work);
  const throwing = schedule("throwing", "* * * * *", work, {
    payload: () => {
      throw new Error("no payload today");
    },
  });
  const misfit = schedule("misfit", "* * * * *", work, { payload: () => ({ day: "no day" }) });
  const good = schedule("good", "* * * * *", work);
  const entries = [broken, throwing, misfit, good];
  const logger = recordingLogger();
  await runTick(entries, [], logger);
  for (const { name } of entries) await makeDue(name, "1 minute");
  await runTick(entries, [], logger);
  assert.deepEqual(
    (await jobs()).map(({ name }) => name),
    ["work"],
  );
  assert.deepEqual(
    logger.lines
      .filter(({ message }) => message === "schedule failed")
      .map(({ fields }) => fields?.schedule)
      .sort(),
    ["broken", "misfit", "throwing"],
  );
  assert.deepEqual(await engine.database.sql("select name from mayfly.schedule where fire_count > 0"), [{ name: "good" }]);
});

test("a changed schedule counts from now, a removed one is gone, at the next tick of the new deployment", async () => {
  await runTick([schedule("a", "* * * * *", work), schedule("b", "* * * * *", work)]);
  await makeDue("a", "5 minutes");
  await engine.database.sql("update mayfly.schedule_set set first_seen_at = now() - interval '1 hour'");
  await runTick([schedule("a", "0 0 1 1 *", work)]);
  assert.deepEqual(await jobs(), []);
  assert.deepEqual(await engine.database.sql("select name, next_at > now() + interval '1 minute' as later from mayfly.schedule"), [
    { name: "a", later: true },
  ]);
  await runTick([]);
  assert.deepEqual(
    await engine.database.sql("select name from mayfly.schedule"),
    [],
    "a deployment without schedules removes those there were",
  );
});

test("ticks that fell into a pause do not count", async () => {
  const entry = schedule("a", "* * * * *", work, { missed: "all" });
  await runTick([entry]);
  await makeDue("a", "1 hour");
  await engine.database.sql("update mayfly.schedule set resumed_at = now()");
  await runTick([entry]);
  assert.deepEqual(await jobs(), []);
});

test("a schedule of seconds fires while the invocation lives", async () => {
  const entry = schedule("often", "* * * * * *", work);
  let runs = 0;
  const handlers = [work.handle<undefined>(() => void runs++)];
  let passed = 0;
  const worker = createWorker<undefined>({
    store: engine.database.store,
    handlers,
    claimForMs: 5_000,
    clock: {
      now: () => Date.now() + passed,
      after: () => () => {},
      // Time passes in the database as it does here.
      async sleep(ms, signal) {
        if (signal) return await new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
        passed += ms;
        await engine.database.sql("update mayfly.schedule set next_at = next_at - $1 * interval '1 millisecond'", [ms]);
      },
    },
  });
  await tick(worker, { waitMs: 5_000, schedules: schedulesOf([entry]), retentionDays: 7 });
  assert.ok(runs >= 3, `${runs} runs in five seconds`);
});

test("a schedule whose job has a rule of its own asks it", async () => {
  let say = false;
  const asked: unknown[] = [];
  const ruled = defineJob("ruled", {
    shouldEnqueue: (live) => {
      asked.push(live);
      return say;
    },
  });
  const entry = schedule("ruled", "* * * * *", ruled);
  await runTick([entry]);
  for (say of [false, true]) {
    await makeDue("ruled", "0");
    await runTick([entry]);
  }
  assert.deepEqual([(await jobs()).length, asked], [1, [1, 2].map(() => ({ pending: 0, running: 0, key: null }))]);
});

test("a command is stored by its schedule's name alone, on a queue that only a container serves", async () => {
  const entry = schedule("cleanup", "* * * * *", command("rm -rf ./cache"));
  await runTick([entry]);
  await makeDue("cleanup", "0");
  await runTick([entry]);
  const stored = JSON.stringify([
    await engine.database.sql("select * from mayfly.job"),
    await engine.database.sql("select * from mayfly.schedule"),
  ]);
  assert.ok(!stored.includes("rm -rf"));
  assert.deepEqual(
    (await jobs()).map(({ name, payload }) => [name, payload]),
    [["mayfly:command", { schedule: "cleanup" }]],
  );
  assert.deepEqual(await engine.database.sql("select queue from mayfly.job"), [{ queue: "commands" }]);
});

test("a tick ends at its soft end, also when a schedule falls due more often than it can look", async () => {
  const entry = schedule("often", "* * * * * *", work);
  let passed = 0;
  const pass = async (ms: number) => {
    passed += ms;
  };
  const clock = { now: () => Date.now() + passed, sleep: pass, after: () => () => {} };
  const slow = { ...engine.database.store };
  for (const verb of ["tick", "fireSchedules", "turn"] as const) {
    const call = slow[verb] as (...given: unknown[]) => Promise<never>;
    Object.assign(slow, {
      [verb]: async (...given: unknown[]) => {
        await pass(700);
        return await call(...given);
      },
    });
  }
  const worker = createWorker<undefined>({ store: slow, handlers: [], claimForMs: 3_000, clock });
  await tick(worker, { waitMs: 3_000, schedules: schedulesOf([entry]), retentionDays: 7 });
  assert.ok(passed < 10_000, `${passed} ms`);
});
