/**
 * A walk through every statement of every function, by way of the store.
 * @module
 */
import assert from "node:assert/strict";
import type { Store } from "../../src/store/store.ts";
import type { Turn, TurnReply } from "../../src/store/turn.ts";
import type { TestDatabase } from "./database.ts";
import { failure, hookDone, lost, type NewJobFields, newId, newJob, newTick, newTurn, success, type TurnFields } from "./samples.ts";

type Sql = TestDatabase["sql"];

/** Calls every verb so that each branch below it runs. `sql` moves time, and is not looked at. */
export async function everyBranch(store: Store, sql: Sql): Promise<void> {
  await enqueue(store, sql);
  await requests(store);
  await turns(store, sql);
  await setAside(store, sql);
  await hooksAndRescue(store, sql);
  await byHand(store, sql);
  await housekeeping(store, sql);
  await schedules(store, sql);
}

const QUEUES = ["default", "mail"];
const enqueueOne = async (store: Store, more: NewJobFields = {}) => {
  const job = newJob(more);
  await store.enqueue([job]);
  return job.id;
};
const take = async (store: Store, more: TurnFields = {}): Promise<TurnReply & Turn> => {
  const turn = newTurn({ queues: QUEUES, ...more });
  return { ...turn, ...(await store.turn(turn)) };
};
/** Ends whatever the walk has made live so far. */
const clear = async (sql: Sql) => {
  for (const table of ["ready", "scheduled", "running", "held_key"]) await sql(`delete from mayfly.${table} where name <> 'backlog'`);
};

async function enqueue(store: Store, sql: Sql): Promise<void> {
  await take(store, { queues: ["heard"], listen: true });
  await enqueueOne(store, { queue: "heard" });
  await store.producerJobs("shop", [newId(), await enqueueOne(store)], 10);
  await store.producerJobs("shop", [], 1);
  const known = newJob({ key: "k", queue: "other" });
  for (let time = 0; time < 2; time++) await store.enqueue([known]);
  await store.enqueue([
    known,
    newJob({ key: "k" }),
    newJob({ limit: 1, key: "g", queue: "other" }),
    newJob({ limit: 1, key: "g" }),
    newJob({ expect: { pending: 9, running: 9 }, queue: "other" }),
  ]);
  await store.enqueue([newJob({ key: "k" })]);
  await store.enqueue([newJob({ queue: "other", delayMs: 3_600_000 })]);
  const plain = [newJob({ queue: "other" }), newJob({ queue: "other" })];
  for (let time = 0; time < 2; time++) await store.enqueue(plain);
  for (let time = 0; time < 2; time++) await store.enqueue(plain.slice(0, 1));
  // One of another day, whose job may have been moved.
  const old = "01890000-0000-7000-8000-000000000001";
  await store.enqueue([newJob({ id: old, queue: "other" })]);
  await sql("update mayfly.job set partition = mayfly.far() where id = $1", [old]);
  await sql("update mayfly.ready set partition = mayfly.far() where id = $1", [old]);
  await store.enqueue([newJob({ id: old, queue: "other" })]);
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
  const { replies } = await store.enqueueOnce({ id: newId(), digest: "two" }, [overtaken]);
  assert.equal(replies[0]?.outcome, "conflict");
}

async function turns(store: Store, sql: Sql): Promise<void> {
  const again = await enqueueOne(store, { retries: 9, priority: 1 });
  for (const queue of QUEUES) await store.enqueue([newJob({ queue }), newJob({ queue, priority: 2 }), newJob({ delayMs: 60_000, queue })]);
  await sql("update mayfly.scheduled set run_at = now() where name = 'work' and run_at is not null");
  const first = await take(store, { heartbeatMs: 0 });
  assert.ok(first.jobs.length >= 7, `${first.jobs.length} jobs`);
  assert.equal((await store.turn(first)).replayed, true);
  const [plain = "", stale = "", ...others] = first.jobs.map(({ id }) => id).filter((id) => id !== again);
  const activeClaims = first.jobs.map(({ id }) => [id, first.claimId] as const);
  const settle = [success(plain, first.claimId), failure(again, first.claimId, 60_000), ...others.map((id) => failure(id, first.claimId))];
  const settled = await take(store, { workerId: first.workerId, settle, activeClaims, slots: 0 });
  assert.deepEqual(settled.report?.lostClaims.length, settle.length);
  const late = { workerId: first.workerId, settle: [success(plain, first.claimId), success(stale, newId()), failure(again, newId())] };
  assert.equal((await take(store, { ...late, leave: true, watermarks: settled.watermarks })).rejections.length, 3);
  // The same id once more, after it has ended.
  await store.enqueue([newJob({ id: plain })]);
  await store.enqueue([newJob({ id: plain }), newJob({ id: newId(), queue: "other" })]);
  await store.job(plain);
  await take(store, { workerId: first.workerId, settle: [success(stale, first.claimId)] });
  await store.turn({ ...newTurn({ queues: QUEUES }), presence: null });
}

async function setAside(store: Store, sql: Sql): Promise<void> {
  await clear(sql);
  const limited = { key: "limited", runningLimit: 1, priority: 5 };
  const expired = await enqueueOne(store, { expiresMs: 60_000, priority: 9 });
  await sql("update mayfly.ready set expires_at = now() - interval '1 second' where id = $1", [expired]);
  for (let nth = 0; nth < 3; nth++) await enqueueOne(store, limited);
  await enqueueOne(store, { name: "unknown", priority: 4 });
  await enqueueOne(store, { timeoutMs: 900_000 });
  const first = await take(store, { slots: 6 });
  assert.ok(first.jobs.some(({ key }) => key === "limited") && first.setAside >= 4);
  // Who ends lets the next one in; parked ones that fall due again are parked again, but hooks nobody can run are given up.
  await sql(
    "update mayfly.scheduled set run_at = now(), parked = 30, ended = name = 'unknown' where reason = 'parked' and name <> 'backlog'",
  );
  const settle = first.jobs.map(({ id, hook }) => (hook ? hookDone(id, first.claimId) : success(id, first.claimId)));
  const next = await take(store, { workerId: first.workerId, settle, watermarks: first.watermarks });
  assert.equal(next.jobs.length, 1);
  assert.equal(next.setAside, 2);
  const back = success(next.jobs[0]?.id ?? "", next.claimId, { outcome: "released", countsAsAttempt: false });
  await take(store, { workerId: next.workerId, settle: [back], slots: 0 });
  await clear(sql);
  // More than a claim may carry, of one queue.
  for (let nth = 0; nth < 2; nth++) await enqueueOne(store, { payload: "x".repeat(70_000) });
  assert.equal((await take(store, { maxBytes: 80_000, queues: ["default"] })).jobs.length, 1);
  // An id that runs already, and one that a stranger's worker holds.
  await sql(
    `insert into mayfly.ready (id, partition, queue, name, priority, retries, ready_at)
     select r.id, r.partition, r.queue, r.name, 9, r.retries, r.ready_at from mayfly.running r where r.name = 'work' limit 1`,
  );
  await take(store, { slots: 2 });
  await clear(sql);
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
  const dead = await take(store, { hookNames: ["work"] });
  const [first = "", second = ""] = dead.jobs.map(({ id }) => id);
  for (let time = 0; time < 2; time++) await store.cancel(first);
  // Hooks that are due, one of them later, and jobs that are to be cancelled before.
  const due = lost(second, dead.claimId, { retryInMs: 0, hasHook: true });
  await take(store, { workerId: dead.workerId, slots: 0, settle: [due] });
  const again = await take(store, { workerId: dead.workerId });
  assert.equal(again.jobs[0]?.hook, "lost");
  await take(store, { workerId: dead.workerId, slots: 0, settle: [hookDone(second, again.claimId, 60_000)] });
  await store.cancel(second);
  await sql("update mayfly.scheduled set run_at = now() where id = $1", [second]);
  await take(store, { slots: 0 });
  await store.cancel(second);
  await sql("update mayfly.worker set heartbeat_at = now() - interval '1 hour' where id = $1", [dead.workerId]);
  assert.ok((await store.tick(newTick({ queues: QUEUES }))).lost > 0);
  const ran = await take(store);
  const hook = ran.jobs.find((job) => job.hook !== null);
  assert.ok(hook);
  await store.cancel(hook.id);
  const done = ran.jobs.map((job) => (job.hook ? hookDone(job.id, ran.claimId) : { ...failure(job.id, ran.claimId), hasHook: true }));
  await take(store, { workerId: ran.workerId, settle: done });
  await clear(sql);
}

async function byHand(store: Store, sql: Sql): Promise<void> {
  const [waiting, running, exclusive] = [
    await enqueueOne(store),
    await enqueueOne(store, { priority: 9 }),
    newJob({ key: "x", priority: 8 }),
  ];
  await store.enqueue([exclusive]);
  const turn = await take(store, { slots: 2 });
  for (const id of [waiting, waiting, running]) await store.cancel(id);
  const settle = turn.jobs.map(({ id }) => success(id, turn.claimId));
  await take(store, { workerId: turn.workerId, slots: 0, settle });
  for (let time = 0; time < 2; time++) await store.retry(exclusive.id, newId());
  const third = await enqueueOne(store, { key: "y" });
  await store.cancel(third);
  await enqueueOne(store, { key: "y" });
  assert.equal((await store.retry(third, newId())).outcome, "blocked");
  await clear(sql);
}

async function housekeeping(store: Store, sql: Sql): Promise<void> {
  const waiting = [1, 2, 3].map(() => newJob({ key: "h", runningLimit: 1 }));
  await store.enqueue([...waiting, newJob({ expiresMs: 60_000, queue: "other" })]);
  await take(store);
  await sql("delete from mayfly.running where name <> 'backlog'");
  await sql("update mayfly.ready set expires_at = now() - interval '1 second' where expires_at is not null");
  await sql(
    "insert into mayfly.claim (id, worker_id, at) values ('01890000-0000-7000-8000-000000000000', gen_random_uuid(), now() - interval '2 hours')",
  );
  await sql(
    "insert into mayfly.attempt_counts (span, at, queue, outcome, attempts, retries) values ('hour', now() - interval '9 days', 'default', 'successful', 1, 0)",
  );
  await sql("update mayfly.duty set due_at = now() where due_at is not null");
  assert.equal((await store.tick(newTick({ queues: QUEUES }))).maintenanceDue, true);
  // Retention has a call of its own.
  let expired = 0;
  for (let more = true; more; ) {
    const reply = await store.maintain(3, 500);
    assert.deepEqual(reply.failed, []);
    expired += reply.expired;
    more = reply.more;
  }
  assert.equal(expired, 1);
}

async function schedules(store: Store, sql: Sql): Promise<void> {
  const set = { application: "app", hash: "new" };
  const old = { application: "app", hash: "old" };
  const listed = ["a", "b"].map((name) => ({ name, nextAt: "2026-01-01T00:00:00.000Z", definition: {} }));
  await store.tick(newTick({ set }));
  await store.announceSchedules(old, listed);
  await sql("update mayfly.schedule_set set first_seen_at = now() - interval '1 day', seen_at = now() - interval '5 minutes'");
  await store.announceSchedules(set, listed);
  await store.announceSchedules(old, listed);
  await sql("update mayfly.schedule_set set seen_at = now() - interval '2 minutes'");
  for (const one of [set, old]) await store.tick(newTick({ set: one }));
  const fire = (name: string, fireCount: number, overlap: boolean) => ({
    name,
    fireCount,
    nextAt: "2026-01-02T00:00:00.000Z",
    overlap,
    jobs: [newJob()],
  });
  await store.fireSchedules("app", [fire("a", 0, true), fire("b", 0, false)]);
  await store.fireSchedules("app", [fire("a", 1, false)]);
}
