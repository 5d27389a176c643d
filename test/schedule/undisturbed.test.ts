/**
 * What does not keep a schedule from its tick: an edit of anything but its timing, other people's transactions, another schedule that cannot be fired.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Handler } from "../../src/job/handler.ts";
import { defineJob } from "../../src/job/job-definition.ts";
import { type ScheduleEntry, schedule } from "../../src/schedule/schedule.ts";
import { type TickResult, tick } from "../../src/worker/tick.ts";
import { useEngine } from "../support/engine.ts";
import { newJob } from "../support/samples.ts";
import { begin } from "../support/stranger.ts";
import { createWorker, recordingLogger, schedulesOf } from "../support/worker.ts";

const engine = useEngine();
const work = defineJob("work");

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

for (const [what, expression, options] of [
  ["its policy for missed ticks", "0 9 * * MON", { missed: "all" }],
  ["its overlap", "0 9 * * MON", { overlap: "skip" }],
  ["white space and letters of its expression", "  0  9 * * mon ", {}],
] as const) {
  test(`a tick that is due stays due when a deployment changes ${what}`, async () => {
    await runTick([schedule("a", "0 9 * * MON", work)]);
    await makeDue("a", "30 seconds");
    await engine.database.sql("update mayfly.schedule_set set first_seen_at = now() - interval '1 hour'");
    await runTick([schedule("a", expression, work, options)]);
    assert.equal((await jobs()).length, 1);
  });
}

test("a schedule whose job's key a stranger holds is told of, and keeps neither the others nor any job waiting", async () => {
  const { database } = engine;
  const keyed = schedule("keyed", "* * * * *", work, { options: { concurrencyKey: "k" } });
  const [before, after] = [schedule("a", "* * * * *", work), schedule("z", "* * * * *", work)];
  const entries = [before, keyed, after];
  await runTick(entries);
  for (const { name } of entries) await makeDue(name, "1 minute");
  await using stranger = await begin(database, `select mayfly.enqueue_v1('[{"name": "work", "key": "k"}]')`);
  const logger = recordingLogger();
  const ran: string[] = [];
  const handlers = [work.handle<undefined>(({ id }) => void ran.push(id))];
  const { successful, failed } = await runTick(entries, handlers, logger);
  assert.deepEqual([successful, failed], [2, []]);
  assert.deepEqual(
    logger.lines.map(({ fields }) => fields?.schedule),
    ["keyed"],
  );
  await stranger.rollback();
  assert.equal((await runTick(entries, handlers)).successful, 1);
});

test("schedules that the database refuses are told of, and keep no job from running", async () => {
  const { database } = engine;
  const entry = schedule("a", "* * * * *", work);
  await runTick([entry]);
  await makeDue("a", "1 minute");
  await database.store.enqueue([newJob({ name: "work" })]);
  await database.sql(`create function public.refuse() returns trigger language plpgsql as
    $$ begin raise exception 'no schedules today' using errcode = '58030'; end $$`);
  await database.sql("create trigger refuse before update on mayfly.schedule execute function public.refuse()");
  const logger = recordingLogger();
  const { successful, failed } = await runTick([entry], [work.handle<undefined>(() => {})], logger);
  await database.sql("drop function public.refuse() cascade");
  assert.equal(successful, 1);
  assert.deepEqual(
    failed.map(({ duty, sqlState }) => [duty, sqlState]),
    [["schedules", "58030"]],
  );
  assert.deepEqual(
    logger.lines.map(({ message }) => message),
    ["schedules failed"],
  );
});
