/**
 * mayfly.turn_v1: every branch of it.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { onEachPostgres } from "../support/each-postgres.ts";
import { claim, enqueueEach, failure, holdAll, newId, newJob, newLook, newTurn, success } from "../support/samples.ts";

onEachPostgres((open) => {
  test("claims by priority, then by the order in which jobs became ready, and no more than its slots", async () => {
    const database = await open();
    const [a, b, c, d] = await enqueueEach(database, [{}, { priority: 1 }, {}, { priority: -1 }]);
    const orders: string[][] = [];
    for (const slots of [1, 2, 5, 5]) orders.push((await claim(database.store, { slots })).jobs.map(({ id }) => id).sort());
    assert.deepEqual(orders, [[b], [a, c].sort(), [d], []]);
  });

  test("a claimed job is told as it was enqueued, with its attempt counted", async () => {
    const database = await open();
    const job = newJob({
      priority: 3,
      retries: 2,
      key: "k",
      timeoutMs: 9_000,
      payload: { n: 1 },
      traceparent: "00-1-2-01",
      tracestate: "a=b",
    });
    await database.store.enqueue([job]);
    const { jobs, replayed, parked } = await claim(database.store);
    assert.deepEqual([replayed, parked], [false, 0]);
    const [{ runAt, ...claimed } = {}] = jobs as Partial<(typeof jobs)[number]>[];
    assert.ok(Number.isFinite(Date.parse(String(runAt))));
    assert.deepEqual(claimed, {
      id: job.id,
      name: "work",
      queue: "default",
      attempt: 1,
      retries: 2,
      timeoutMs: 9_000,
      key: "k",
      traceparent: "00-1-2-01",
      tracestate: "a=b",
      cancelRequested: false,
      hook: null,
      hookTries: 0,
      idempotent: false,
      freeAttempts: 0,
      payload: { n: 1 },
    });
  });

  test("serves several queues in one order, leaves others and paused ones alone", async () => {
    const database = await open();
    const [, b, c, , paused] = await enqueueEach(database, [
      { queue: "a" },
      { queue: "b", priority: 2 },
      { queue: "c", priority: 1 },
      { queue: "other", priority: 9 },
      { queue: "paused", priority: 9 },
    ]);
    await database.sql("insert into mayfly.queue (name, paused_at) values ('paused', now()), ('a', null)");
    const queues = ["a", "b", "c", "paused"];
    const { jobs } = await claim(database.store, { queues, slots: 2 });
    assert.deepEqual(jobs.map(({ id }) => id).sort(), [b, c].sort());
    assert.deepEqual((await claim(database.store, { queues })).jobs.length, 1);
    await database.sql("update mayfly.queue set paused_at = null");
    assert.deepEqual(
      (await claim(database.store, { queues })).jobs.map(({ id }) => id),
      [paused],
    );
  });

  test("a success is in the results with all that the job had, and the job is gone", async () => {
    const database = await open();
    const { ids, claimId, settle } = await holdAll(database, [
      { key: "k", priority: 2, source: "s", traceparent: "t", payload: { n: 1 } },
      { retries: 3 },
    ]);
    const [plain = "", withOutput = ""] = ids;
    const { verdicts } = await settle(success(plain, claimId), success(withOutput, claimId, { output: { sum: 3 } }));
    assert.deepEqual(verdicts, []);
    assert.deepEqual(await database.sql("select id from mayfly.job"), []);
    const results = await database.sql(
      `select id, claim_id, outcome, attempt, priority, concurrency_key as key, exclusive, source, traceparent, payload, output, error, retry_at,
         started_at >= created_at and finished_at >= started_at as in_order, slot = mayfly.result_slot(now()) as of_today
       from mayfly.result order by priority desc`,
    );
    const common = { claim_id: claimId, outcome: "successful", attempt: 1, error: null, retry_at: null, in_order: true, of_today: true };
    assert.deepEqual(results, [
      { ...common, id: plain, priority: 2, key: "k", exclusive: true, source: "s", traceparent: "t", payload: { n: 1 }, output: null },
      {
        ...common,
        id: withOutput,
        priority: 0,
        key: null,
        exclusive: false,
        source: null,
        traceparent: null,
        payload: {},
        output: { sum: 3 },
      },
    ]);
  });

  test("an error ends the job, or schedules it again, or makes it ready at once", async () => {
    const database = await open();
    const { ids, claimId, settle } = await holdAll(database, [{}, { retries: 1 }, { retries: 1 }]);
    const [over = "", later = "", atOnce = ""] = ids;
    await settle(failure(over, claimId), failure(later, claimId, 60_000), failure(atOnce, claimId, 0));
    const live = await database.sql(
      "select id, state, attempt, ready_at is null as unready, run_at > now() as future, claim_id, worker_id, started_at from mayfly.job order by id",
    );
    const free = { attempt: 1, claim_id: null, worker_id: null, started_at: null };
    assert.deepEqual(live, [
      { id: later, state: "scheduled", unready: true, future: true, ...free },
      { id: atOnce, state: "ready", unready: false, future: false, ...free },
    ]);
    const results = await database.sql("select id, outcome, error, retry_at is not null as again from mayfly.result order by id");
    const errored = { outcome: "errored", error: { name: "Error", message: "no" } };
    assert.deepEqual(results, [
      { id: over, ...errored, again: false },
      { id: later, ...errored, again: true },
      { id: atOnce, ...errored, again: true },
    ]);
    const { jobs } = await claim(database.store);
    assert.deepEqual(
      jobs.map(({ id, attempt }) => [id, attempt]),
      [[atOnce, 2]],
    );
  });

  test("a released job is as if it had never been taken; an attempt that is not charged does not count", async () => {
    const database = await open();
    const { ids, claimId, settle } = await holdAll(database, [{}, {}]);
    const [released = "", free = ""] = ids;
    const before = await database.sql("select id, ready_at, run_at from mayfly.job order by id");
    await settle(success(released, claimId, { outcome: "released", countsAsAttempt: false }), {
      ...failure(free, claimId, 0),
      countsAsAttempt: false,
    });
    const after = await database.sql("select id, ready_at, run_at from mayfly.job order by id");
    assert.deepEqual(after[0], before[0]);
    assert.deepEqual(await database.sql("select state, attempt from mayfly.job"), [
      { state: "ready", attempt: 0 },
      { state: "ready", attempt: 0 },
    ]);
    assert.deepEqual(await database.sql("select id from mayfly.result"), [{ id: free }]);
  });

  test("who settles late is told: already, when it was this very settlement; stale, when the claim is gone", async () => {
    const database = await open();
    const { ids, claimId, workerId, settle } = await holdAll(database, [{}, {}, { retries: 1 }, {}]);
    const [done = "", failed = "", lost = "", never = ""] = ids;
    await settle(success(done, claimId), failure(failed, claimId));
    await database.sql("update mayfly.worker set heartbeat_at = now() - interval '1 hour'");
    await database.store.look(newLook({ staleMs: 1_000, most: 10, queues: [] }));
    const again = await claim(database.store, { slots: 1 });
    assert.deepEqual(
      again.jobs.map(({ id }) => id),
      [lost],
    );
    const stranger = newId();
    const { verdicts } = await claim(database.store, {
      workerId,
      slots: 0,
      settle: [
        success(done, claimId),
        failure(failed, claimId),
        success(lost, claimId),
        failure(never, claimId),
        success(stranger, claimId, { output: 1 }),
      ],
    });
    const told = Object.fromEntries(verdicts.map((verdict) => [verdict.id, verdict.verdict]));
    assert.deepEqual(told, { [done]: "already", [failed]: "already", [lost]: "stale", [never]: "stale", [stranger]: "stale" });
    assert.ok(verdicts.every((verdict) => verdict.claimId === claimId));
    assert.deepEqual(await database.sql("select id, state from mayfly.job"), [{ id: lost, state: "running" }]);
  });

  test("a repeated turn answers what the first one did, and claims nothing more", async () => {
    const database = await open();
    await enqueueEach(database, [{}, {}, {}, {}]);
    const turn = newTurn({ slots: 2 });
    const first = await database.store.turn(turn);
    const repeat = await database.store.turn(turn);
    const byId = (jobs: typeof first.jobs) => [...jobs].sort((a, b) => (a.id < b.id ? -1 : 1));
    assert.deepEqual([first.replayed, repeat.replayed], [false, true]);
    assert.deepEqual(byId(repeat.jobs), byId(first.jobs));
    const [one] = first.jobs;
    const settling = { ...turn, settle: [success(one?.id ?? "", turn.claimId)] };
    assert.equal((await database.store.turn(settling)).jobs.length, 1);
    assert.deepEqual((await database.store.turn(settling)).verdicts, [{ id: one?.id, claimId: turn.claimId, verdict: "already" }]);
    assert.deepEqual(await database.sql("select count(*)::int as n from mayfly.job where state = 'ready'"), [{ n: 2 }]);
  });

  test("what is due is promoted and claimed in the same turn; the next due time is told", async () => {
    const database = await open();
    const [due = "", soon = "", later = ""] = await enqueueEach(database, [{ delayMs: 60_000 }, { delayMs: 90_000 }, { delayMs: 600_000 }]);
    const early = await claim(database.store);
    assert.deepEqual(early.jobs, []);
    assert.ok(early.nextDueMs !== null && early.nextDueMs > 50_000 && early.nextDueMs <= 60_000);
    await database.sql("update mayfly.job set run_at = now() - interval '1 second' where id = $1", [due]);
    const { jobs, nextDueMs } = await claim(database.store);
    assert.deepEqual(
      jobs.map(({ id }) => id),
      [due],
    );
    assert.ok(nextDueMs !== null && nextDueMs > 60_000 && nextDueMs <= 90_000);
    await database.sql("delete from mayfly.job where id = any ($1::uuid[])", [[soon, later]]);
    assert.equal((await claim(database.store)).nextDueMs, null);
  });

  test("what cannot be run here is parked with growing callOptions and keeps its place; other names are claimed", async () => {
    const database = await open();
    const [unknown = "", slow = "", known = ""] = await enqueueEach(database, [
      { name: "unknown" },
      { timeoutMs: 120_000 },
      { timeoutMs: 60_000 },
    ]);
    const { jobs, parked } = await claim(database.store);
    assert.deepEqual([jobs.map(({ id }) => id), parked], [[known], 2]);
    const readyAt = "select ready_at from mayfly.job where id = $1";
    const [place] = await database.sql(readyAt, [unknown]);
    const waits: number[] = [];
    for (let time = 0; time < 8; time++) {
      const [row] = await database.sql<{ wait: number; state: string }>(
        "update mayfly.job set run_at = now() where id = $1 returning state, round(extract(epoch from run_at - now()))::int as wait",
        [unknown],
      );
      assert.equal(row?.state, "scheduled");
      const turn = await claim(database.store);
      assert.equal(turn.parked, 1);
      const [{ wait = 0 } = {}] = await database.sql<{ wait: number }>(
        "select round(extract(epoch from run_at - now()) / 60)::int as wait from mayfly.job where id = $1",
        [unknown],
      );
      waits.push(wait);
    }
    assert.deepEqual(waits, [2, 4, 8, 16, 32, 60, 60, 60]);
    assert.deepEqual(await database.sql(readyAt, [unknown]), [place]);
    await database.sql("update mayfly.job set run_at = now()");
    const knows = await claim(database.store, { names: ["work", "unknown"], maxTimeoutMs: 120_000 });
    assert.deepEqual(knows.jobs.map(({ id }) => id).sort(), [unknown, slow].sort());
    assert.deepEqual(await database.sql("select distinct parked from mayfly.job"), [{ parked: 0 }]);
  });

  test("whoever does not park leaves what it cannot run where it is", async () => {
    const database = await open();
    await enqueueEach(database, [{ name: "unknown" }]);
    const { jobs, parked } = await claim(database.store, { park: false });
    assert.deepEqual([jobs, parked], [[], 0]);
    assert.deepEqual(await database.sql("select state, parked from mayfly.job"), [{ state: "ready", parked: 0 }]);
  });

  test("the heartbeat is written when it is old, not at every turn", async () => {
    const database = await open();
    const workerId = newId();
    const worker = { runtime: "lambda", host: "h", deadlineAt: "2030-01-02T03:04:05.000Z", heartbeatMs: 5_000 };
    await claim(database.store, { workerId, worker, queues: ["a", "b"] });
    const [row] = await database.sql<{ deadline_at: Date | string }>(
      "select runtime, host, queues, deadline_at, left_at from mayfly.worker",
    );
    assert.deepEqual(
      { ...row, deadline_at: new Date(row?.deadline_at ?? 0).toISOString() },
      {
        runtime: "lambda",
        host: "h",
        queues: ["a", "b"],
        deadline_at: worker.deadlineAt,
        left_at: null,
      },
    );
    const version = () => database.sql("select xmin::text as xmin from mayfly.worker");
    const written = await version();
    await claim(database.store, { workerId, worker, queues: ["a", "b"] });
    assert.deepEqual(await version(), written);
    await database.sql("update mayfly.worker set heartbeat_at = now() - interval '6 seconds'");
    await claim(database.store, { workerId, worker, queues: ["a", "b"] });
    assert.deepEqual(await database.sql("select now() - heartbeat_at < interval '5 seconds' as fresh from mayfly.worker"), [
      { fresh: true },
    ]);
  });

  test("a worker that leaves signs off only with empty hands, and signs on again when it comes back", async () => {
    const database = await open();
    const { ids, claimId, workerId } = await holdAll(database, [{}]);
    const left = async () => (await database.sql<{ left: boolean }>("select left_at is not null as left from mayfly.worker"))[0]?.left;
    await claim(database.store, { workerId, leave: true });
    assert.equal(await left(), false);
    await claim(database.store, { workerId, leave: true, settle: [success(ids[0] ?? "", claimId)] });
    assert.equal(await left(), true);
    await claim(database.store, { workerId, leave: false });
    assert.equal(await left(), false);
  });

  test("a worker is told which of its jobs an operator wants stopped, and which are no longer its own", async () => {
    const database = await open();
    const { ids, workerId, claimId } = await holdAll(database, [{}, {}]);
    await database.sql("update mayfly.job set cancel_requested_at = now() where id = $1", [ids[1]]);
    await database.sql("update mayfly.job set claim_id = $2 where id = $1", [ids[0], newId()]);
    const holding = ids.map((id) => [id, claimId] as const);
    const { cancels, gone } = await claim(database.store, { workerId, slots: 0, holding });
    assert.deepEqual([cancels, gone], [[ids[1]], [ids[0]]]);
    assert.deepEqual((await claim(database.store, { workerId, slots: 0 })).gone, []);
  });

  test("a job and its attempts can be read at every stage", async () => {
    const { store } = await open();
    assert.equal(await store.job(newId()), undefined);
    const job = newJob({ retries: 1, key: "k" });
    await store.enqueue([job]);
    const ready = await store.job(job.id);
    assert.deepEqual([ready?.state, ready?.attempt, ready?.concurrencyKey, ready?.attempts], ["ready", 0, "k", []]);
    const { claimId, workerId } = await claim(store);
    assert.equal((await store.job(job.id))?.state, "running");
    await claim(store, { workerId, slots: 0, settle: [failure(job.id, claimId, 60_000)] });
    const scheduled = await store.job(job.id);
    assert.deepEqual(
      [scheduled?.state, scheduled?.attempt, scheduled?.attempts.length, scheduled?.finishedAt],
      ["scheduled", 1, 1, undefined],
    );
    assert.deepEqual([scheduled?.attempts[0]?.outcome, scheduled?.attempts[0]?.error], ["errored", { name: "Error", message: "no" }]);
    assert.ok(scheduled?.attempts[0]?.retryAt !== undefined);
  });
});
