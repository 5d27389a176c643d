/**
 * A walk through every statement of every function, by way of the store.
 * @module
 */
import assert from "node:assert/strict";
import type { NewJob } from "../../src/store/new-job.ts";
import type { Store, Turn, TurnReply } from "../../src/store/store.ts";
import type { TestDatabase } from "./database.ts";
import { failure, hooked, newId, newJob, newLook, newTurn, success } from "./samples.ts";

type Sql = TestDatabase["sql"];

/** Calls every verb so that each branch below it runs. `sql` moves time, and is not looked at. */
export async function everyBranch(store: Store, sql: Sql): Promise<void> {
  await enqueue(store);
  await requests(store);
  await turns(store, sql);
  await setAside(store, sql);
  await hooksAndRescue(store, sql);
  await byHand(store, sql);
  await looks(store, sql);
  await schedules(store, sql);
}

const QUEUES = ["default", "mail"];
const enqueueOne = async (store: Store, more: Partial<NewJob> = {}) => {
  const job = newJob(more);
  await store.enqueue([job]);
  return job.id;
};
const take = async (store: Store, more: Partial<Turn> = {}): Promise<TurnReply & Turn> => {
  const turn = newTurn({ queues: QUEUES, ...more });
  return { ...turn, ...(await store.turn(turn)) };
};

async function enqueue(store: Store): Promise<void> {
  await take(store, { queues: ["heard"], listen: true });
  await enqueueOne(store, { queue: "heard" });
  const known = newJob({ key: "k", queue: "other" });
  await store.enqueue([known]);
  await store.enqueue([known]);
  await store.enqueue([
    known,
    newJob({ key: "k" }),
    newJob({ limit: 0, key: "g" }),
    newJob({ expect: { pending: 9, running: 9 }, queue: "other" }),
  ]);
  await store.enqueue([newJob({ key: "k" })]);
  await store.liveCounts([
    { name: "work", key: "k" },
    { name: "work", key: null },
  ]);
  await store.liveJobs({ name: "work", key: "k", running: false, most: 10 });
}

async function requests(store: Store): Promise<void> {
  const request = { id: newId(), digest: "one" };
  const jobs = [newJob({ queue: "other" }), { id: newId(), skipped: true } as const];
  for (const replayed of [false, true]) assert.equal((await store.enqueueOnce(request, jobs)).replayed, replayed);
  await assert.rejects(store.enqueueOnce({ ...request, digest: "other" }, jobs));
  const overtaken = newJob({ queue: "other", expect: { pending: 0, running: 0 } });
  const { verdicts } = await store.enqueueOnce({ id: newId(), digest: "two" }, [overtaken]);
  assert.equal(verdicts[0]?.outcome, "conflict");
}

async function turns(store: Store, sql: Sql): Promise<void> {
  const again = await enqueueOne(store, { retries: 9, priority: 1 });
  for (const queue of QUEUES) await store.enqueue([newJob({ queue }), newJob({ queue, priority: 2 }), newJob({ delayMs: 60_000, queue })]);
  await sql("update mayfly.job set run_at = now() where name = 'work' and state = 'scheduled'");
  // Any turn is held up for longer than no time at all.
  const heldUp = { runtime: "test", host: null, deadlineAt: null, heartbeatMs: 0 };
  const first = await take(store, { worker: heldUp });
  assert.equal(first.jobs.length, 7);
  const repeat = await store.turn(first);
  assert.equal(repeat.replayed, true);
  const [plain = "", stale = "", ...others] = first.jobs.map(({ id }) => id).filter((id) => id !== again);
  const holding = first.jobs.map(({ id }) => [id, first.claimId] as const);
  const settle = [success(plain, first.claimId), failure(again, first.claimId, 60_000), ...others.map((id) => failure(id, first.claimId))];
  const settled = await take(store, { ...first, claimId: newId(), settle, holding, slots: 0 });
  assert.deepEqual(settled.gone.length, settle.length);
  const late = {
    ...first,
    claimId: newId(),
    settle: [success(plain, first.claimId), success(stale, newId())],
    leave: true,
    marks: settled.marks,
  };
  assert.equal((await store.turn(late)).verdicts.length, 2);
  // The same id once more, after it has ended.
  await store.enqueue([newJob({ id: plain })]);
  await store.enqueue([newJob({ id: plain }), newJob({ id: newId(), queue: "other" })]);
  await store.job(plain);
  await store.turn({ ...first, claimId: newId(), settle: [success(stale, first.claimId)] });
}

async function setAside(store: Store, sql: Sql): Promise<void> {
  const capped = { key: "capped", runningLimit: 1, priority: 5 };
  const expired = await enqueueOne(store, { expiresMs: 60_000, priority: 9 });
  await sql("update mayfly.job set expires_at = now() - interval '1 second' where id = $1", [expired]);
  for (let nth = 0; nth < 3; nth++) await enqueueOne(store, capped);
  await enqueueOne(store, { name: "unknown", priority: 4 });
  await enqueueOne(store, { timeoutMs: 900_000 });
  const first = await take(store, { slots: 6 });
  assert.ok(first.jobs.some(({ key }) => key === "capped") && first.parked >= 4);
  // Who ends lets the next one in; parked ones that fall due again are parked again, but hooks nobody can run are given up.
  await sql("update mayfly.job set run_at = now(), parked = 30, ended = name = 'unknown' where parked > 0");
  const settle = first.jobs.map(({ id, hook }) => (hook ? hooked(id, first.claimId) : success(id, first.claimId)));
  const next = await take(store, { workerId: first.workerId, claimId: newId(), settle, marks: first.marks });
  assert.deepEqual([next.jobs.length, next.parked], [1, 2]);
  const back = { ...success(next.jobs[0]?.id ?? "", next.claimId), outcome: "released" as const };
  await store.turn({ ...next, claimId: newId(), settle: [back], slots: 0 });
  await sql("delete from mayfly.job where name <> 'backlog' and state <> 'scheduled'");
}

async function hooksAndRescue(store: Store, sql: Sql): Promise<void> {
  const jobs = [
    newJob(),
    newJob({ retries: 1 }),
    newJob({ idempotent: true }),
    newJob({ key: "r", runningLimit: 1 }),
    newJob({ key: "r", runningLimit: 1 }),
  ];
  await store.enqueue(jobs);
  const dead = await take(store, { hooked: ["work"] });
  const [first = ""] = dead.jobs.map(({ id }) => id);
  await store.cancel(first);
  await sql("update mayfly.worker set heartbeat_at = now() - interval '1 hour' where id = $1", [dead.workerId]);
  assert.ok((await store.look(newLook({ queues: QUEUES }))).lost > 0);
  const ran = await take(store);
  assert.ok(ran.jobs.some(({ hook }) => hook !== null));
  const done = ran.jobs.map(({ id, hook }) => (hook ? hooked(id, ran.claimId) : { ...failure(id, ran.claimId), hook: true }));
  await store.turn({ ...ran, claimId: newId(), settle: done });
  await sql("delete from mayfly.job where name <> 'backlog'");
}

async function byHand(store: Store, sql: Sql): Promise<void> {
  const [waiting, running, exclusive] = [
    await enqueueOne(store),
    await enqueueOne(store, { priority: 9 }),
    newJob({ key: "x", priority: 8 }),
  ];
  await store.enqueue([exclusive]);
  const turn = await take(store, { slots: 2 });
  await store.cancel(waiting);
  await store.cancel(waiting);
  await store.cancel(running);
  await store.turn({ ...turn, claimId: newId(), slots: 0, settle: turn.jobs.map(({ id }) => success(id, turn.claimId)) });
  await store.retry(exclusive.id, newId());
  await store.retry(exclusive.id, newId());
  const third = await enqueueOne(store, { key: "y" });
  await store.cancel(third);
  await enqueueOne(store, { key: "y" });
  assert.equal((await store.retry(third, newId())).outcome, "blocked");
  await sql("delete from mayfly.job where name <> 'backlog'");
}

async function looks(store: Store, sql: Sql): Promise<void> {
  const held = [1, 2, 3].map(() => newJob({ key: "h", runningLimit: 1 }));
  await store.enqueue([...held, newJob({ expiresMs: 60_000, queue: "other" })]);
  await take(store);
  await sql("delete from mayfly.job where state = 'running' and name <> 'backlog'");
  await sql("update mayfly.job set expires_at = now() - interval '1 second' where expires_at is not null");
  await sql(
    "insert into mayfly.claim (id, worker_id, at) values ('01890000-0000-7000-8000-000000000000', gen_random_uuid(), now() - interval '2 hours')",
  );
  await sql(
    "insert into mayfly.tally (span, at, queue, outcome, attempts, retries) values ('hour', now() - interval '9 days', 'default', 'successful', 1, 0)",
  );
  const seen = await store.look(newLook({ queues: QUEUES, retentionDays: 3 }));
  assert.deepEqual([seen.ready, seen.expired, seen.failed], [true, 1, []]);
}

async function schedules(store: Store, sql: Sql): Promise<void> {
  const set = { application: "app", hash: "new" };
  const old = { application: "app", hash: "old" };
  const listed = ["a", "b"].map((name) => ({ name, nextAt: "2026-01-01T00:00:00.000Z", definition: {} }));
  await store.look(newLook({ set }));
  await store.announceSchedules(old, listed);
  await sql("update mayfly.schedule_set set first_seen_at = now() - interval '1 day', seen_at = now() - interval '5 minutes'");
  await store.announceSchedules(set, listed);
  await store.announceSchedules(old, listed);
  await sql("update mayfly.schedule_set set seen_at = now() - interval '2 minutes'");
  for (const one of [set, old]) await store.look(newLook({ set: one }));
  const fire = (name: string, number: number, overlap: boolean) => ({
    name,
    fire: number,
    nextAt: "2026-01-02T00:00:00.000Z",
    overlap,
    jobs: [newJob()],
  });
  await store.fireSchedules("app", [fire("a", 0, true), fire("b", 0, false)]);
  await store.fireSchedules("app", [fire("a", 1, false)]);
}
