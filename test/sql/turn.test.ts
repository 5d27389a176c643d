/**
 * mayfly.turn_v1: every branch of it.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ClaimedJob } from "../../src/store/claimed-job.ts";
import { onEachPostgres } from "../support/each-postgres.ts";
import { claim, enqueueEach, failure, holdAll, hookDone, newId, newJob, newTick, newTurn, success } from "../support/samples.ts";

const idsOf = ({ jobs }: { readonly jobs: readonly ClaimedJob[] }) => jobs.map(({ id }) => id);
const LIVE = "select id, state, attempt, run_at > now() as future, ready_at is null as unready from mayfly.live order by id";

onEachPostgres((open) => {
  describe("a claim", () => {
    test("goes by priority, then by the order in which jobs became ready, and takes no more than its slots", async () => {
      const database = await open();
      const [a, b, c, d] = await enqueueEach(database, [{}, { priority: 1 }, {}, { priority: -1 }]);
      const orders: string[][] = [];
      for (const slots of [1, 2, 5, 5]) orders.push(idsOf(await claim(database.store, { slots })).sort());
      assert.deepEqual(orders, [[b], [a, c].sort(), [d], []]);
    });

    test("takes the jobs of one call in the call's order, whatever their ids are", async () => {
      const database = await open();
      const ids = [newId(), newId(), newId()].reverse();
      await database.store.enqueue(ids.map((id) => newJob({ id })));
      const order: string[] = [];
      for (let nth = 0; nth < ids.length; nth++) order.push(...idsOf(await claim(database.store, { slots: 1 })));
      assert.deepEqual(order, ids);
    });

    test("brings a job as it was enqueued, with its attempt counted", async () => {
      const database = await open();
      const job = newJob({
        priority: 3,
        retries: 2,
        key: "k",
        timeoutMs: 9_000,
        payload: { n: 1 },
        trace: { traceparent: "00-1-2-01", tracestate: "a=b" },
      });
      await database.store.enqueue([job]);
      const { jobs, replayed, setAside } = await claim(database.store);
      assert.equal(replayed, false);
      assert.equal(setAside, 0);
      const [{ runAt, ...claimed } = {}] = jobs as Partial<ClaimedJob>[];
      assert.ok(Number.isFinite(Date.parse(String(runAt))));
      assert.deepEqual(claimed, {
        id: job.id,
        name: "work",
        queue: "default",
        attempt: 1,
        retries: 2,
        timeoutMs: 9_000,
        key: "k",
        trace: { traceparent: "00-1-2-01", tracestate: "a=b" },
        cancelRequested: false,
        hook: null,
        hookTries: 0,
        idempotent: false,
        freeAttempts: 0,
        payload: { n: 1 },
      });
    });

    test("gives each job its own payload, name and queue, where they are of several kinds", async () => {
      const database = await open();
      const jobs = Array.from({ length: 12 }, (_, n) => ({
        id: newId(),
        name: n % 2 ? "work" : "other",
        queue: n % 3 ? "a" : "b",
        priority: n % 2,
        payload: { n },
        key: n % 4 ? null : `k${n}`,
      }));
      // One of no day, in another partition.
      jobs.push({ id: "a8098c1a-f86e-41da-bd1a-00112444be1e", name: "work", queue: "b", priority: 0, payload: { n: 12 }, key: null });
      await database.store.enqueue(jobs.map(newJob));
      const claimed = await claim(database.store, { slots: 20, queues: ["a", "b"], names: ["work", "other"] });
      const byId = Object.fromEntries(claimed.jobs.map(({ id, name, queue, key, payload }) => [id, { name, queue, key, payload }]));
      assert.deepEqual(byId, Object.fromEntries(jobs.map(({ id, name, queue, key, payload }) => [id, { name, queue, key, payload }])));
    });

    test("serves several queues in one order, and leaves others alone", async () => {
      const database = await open();
      const [a, b, c] = await enqueueEach(database, [
        { queue: "a" },
        { queue: "b", priority: 2 },
        { queue: "c", priority: 1 },
        { queue: "other", priority: 9 },
      ]);
      const queues = ["a", "b", "c"];
      assert.deepEqual(idsOf(await claim(database.store, { queues, slots: 2 })).sort(), [b, c].sort());
      assert.deepEqual(idsOf(await claim(database.store, { queues })), [a]);
    });

    test("leaves a paused queue alone, and says which is", async () => {
      const database = await open();
      const [paused] = await enqueueEach(database, [{ queue: "paused" }]);
      await database.sql("insert into mayfly.queue (name, paused_at) values ('paused', now()), ('a', null)");
      const queues = ["a", "paused"];
      const first = await claim(database.store, { queues });
      assert.deepEqual(first.jobs, []);
      assert.deepEqual(first.report?.paused, ["paused"]);
      await database.sql("update mayfly.queue set paused_at = null");
      const second = await claim(database.store, { queues });
      assert.deepEqual(idsOf(second), [paused]);
      assert.deepEqual(second.report?.paused, []);
    });

    test("carries large payloads up to its bytes, in order, and a single one whatever its size", async () => {
      const database = await open();
      const large = { payload: { text: "x".repeat(70_000) } };
      const ids = await enqueueEach(database, [large, {}, large, large, {}]);
      const turns: string[][] = [];
      for (const maxBytes of [150_000, 10, 1_000_000]) turns.push(idsOf(await claim(database.store, { maxBytes })).sort());
      assert.deepEqual(turns, [[ids[0], ids[1], ids[2]].sort(), [ids[3]], [ids[4]]]);
    });

    for (const [what, more] of [
      ["with a running limit", { key: "k", runningLimit: 5 }],
      ["that nobody here knows", { name: "unknown" }],
      ["that have expired", { expiresMs: 1_000 }],
    ] as const) {
      test(`large payloads ${what} do not stop a queue`, async () => {
        const database = await open();
        const large = { payload: { text: "x".repeat(70_000) }, ...more };
        await enqueueEach(database, [large, large, large]);
        await database.sql("update mayfly.ready set expires_at = now() - interval '1 second' where expires_at is not null");
        const [plain = ""] = await enqueueEach(database, [{}]);
        const claimed: string[] = [];
        for (let turn = 0; turn < 4; turn++) claimed.push(...idsOf(await claim(database.store, { maxBytes: 10 })));
        assert.ok(claimed.includes(plain));
      });
    }

    test("a second row of an id that runs already is dropped, and costs no other job its claim", async () => {
      const database = await open();
      const { ids } = await holdAll(database, [{}]);
      const [other] = await enqueueEach(database, [{}]);
      await database.sql(
        `insert into mayfly.ready (id, partition, queue, name, priority, retries, ready_at)
         select r.id, r.partition, r.queue, r.name, r.priority, r.retries, r.ready_at from mayfly.running r`,
      );
      assert.deepEqual(idsOf(await claim(database.store)), [other]);
      assert.deepEqual(await database.sql("select state from mayfly.live where id = $1", [ids[0]]), [{ state: "running" }]);
    });

    test("a second row of an id that is ready already is dropped where it falls due", async () => {
      const database = await open();
      const [id] = await enqueueEach(database, [{}]);
      await database.sql(
        `insert into mayfly.scheduled (id, partition, queue, name, priority, retries, run_at)
         select r.id, r.partition, r.queue, r.name, r.priority, r.retries, now() from mayfly.ready r`,
      );
      assert.deepEqual(idsOf(await claim(database.store)), [id]);
      assert.deepEqual(await database.sql("select state from mayfly.live"), [{ state: "running" }]);
    });
  });

  describe("a settlement", () => {
    test("of a success leaves a result with all that the job had, and the job is no longer live", async () => {
      const database = await open();
      const { ids, claimId, workerId, settle } = await holdAll(database, [{ key: "k", priority: 2 }, { retries: 3 }]);
      const [plain = "", withOutput = ""] = ids;
      const { rejections } = await settle(success(plain, claimId), success(withOutput, claimId, { output: { sum: 3 } }));
      assert.deepEqual(rejections, []);
      assert.deepEqual(await database.sql("select id from mayfly.live"), []);
      assert.deepEqual(await database.sql("select id from mayfly.held_key"), []);
      const results = await database.sql(
        `select id, claim_id, worker_id, outcome, attempt, queue, name, key, output, error, retry_at,
           started_at >= ready_at and finished_at >= started_at as in_order, partition = mayfly.partition_of(id) as in_place
         from mayfly.result order by id`,
      );
      const common = { claim_id: claimId, worker_id: workerId, outcome: "successful", attempt: 1, queue: "default", name: "work" };
      const rest = { error: null, retry_at: null, in_order: true, in_place: true };
      assert.deepEqual(results, [
        { id: plain, key: "k", output: null, ...common, ...rest },
        { id: withOutput, key: null, output: { sum: 3 }, ...common, ...rest },
      ]);
    });

    test("of an error ends the job, or schedules it again, or makes it ready at once", async () => {
      const database = await open();
      const { ids, claimId, settle } = await holdAll(database, [{}, { retries: 1 }, { retries: 1 }]);
      const [over = "", later = "", atOnce = ""] = ids;
      await settle(failure(over, claimId), failure(later, claimId, 60_000), failure(atOnce, claimId, 0));
      assert.deepEqual(await database.sql(LIVE), [
        { id: later, state: "scheduled", attempt: 1, future: true, unready: true },
        { id: atOnce, state: "ready", attempt: 1, future: null, unready: false },
      ]);
      const errored = { outcome: "errored", error: { name: "Error", message: "no" } };
      assert.deepEqual(await database.sql("select id, outcome, error, retry_at is not null as again from mayfly.result order by id"), [
        { id: over, ...errored, again: false },
        { id: later, ...errored, again: true },
        { id: atOnce, ...errored, again: true },
      ]);
      const { jobs } = await claim(database.store);
      assert.deepEqual(
        jobs.map(({ id, attempt }) => ({ id, attempt })),
        [{ id: atOnce, attempt: 2 }],
      );
    });

    test("that gives a job back leaves it as if it had never been taken", async () => {
      const database = await open();
      const before = "select id, ready_at, attempt, coalesce(free_attempts, 0) as free, hook_tries from mayfly.live";
      await enqueueEach(database, [{}]);
      const waiting = await database.sql(before);
      const { jobs, claimId, workerId } = await claim(database.store);
      const released = success(jobs[0]?.id ?? "", claimId, { outcome: "released", countsAsAttempt: false });
      await claim(database.store, { workerId, slots: 0, settle: [released] });
      assert.deepEqual(await database.sql(before), waiting);
      assert.deepEqual(await database.sql("select id from mayfly.result"), []);
    });

    test("of an attempt that does not count leaves a result, and the next attempt has the same number", async () => {
      const database = await open();
      const { ids, claimId, settle } = await holdAll(database, [{}]);
      await settle({ ...failure(ids[0] ?? "", claimId, 0), countsAsAttempt: false });
      assert.deepEqual(await database.sql("select attempt from mayfly.result"), [{ attempt: 1 }]);
      assert.equal((await claim(database.store)).jobs[0]?.attempt, 1);
    });

    test("is counted by outcome, with its waiting and running time", async () => {
      const database = await open();
      const { ids, claimId, settle } = await holdAll(database, [{}, {}, { retries: 1 }]);
      const [a = "", b = "", c = ""] = ids;
      await settle(success(a, claimId), success(b, claimId, { output: 1 }), failure(c, claimId, 0));
      const counts = await database.sql(
        `select outcome, sum(attempts)::int as attempts, sum(retries)::int as retries, count(*) filter (where waited is null or ran is null)::int as untimed
         from mayfly.attempt_counts group by outcome order by outcome`,
      );
      assert.deepEqual(counts, [
        { outcome: "errored", attempts: 1, retries: 0, untimed: 0 },
        { outcome: "successful", attempts: 2, retries: 0, untimed: 0 },
      ]);
    });

    test("of a success wins over a cancel that came while it ran; of a failure with attempts left it ends as cancelled", async () => {
      const database = await open();
      const { ids, claimId, settle } = await holdAll(database, [{}, {}, { retries: 1 }]);
      const [plain = "", withOutput = "", failed = ""] = ids;
      for (const id of ids) assert.equal(await database.store.cancel(id), "requested");
      await settle(success(plain, claimId), success(withOutput, claimId, { output: 1 }), failure(failed, claimId, 0));
      assert.deepEqual(await database.sql("select id, outcome, retry_at from mayfly.result order by id"), [
        { id: plain, outcome: "successful", retry_at: null },
        { id: withOutput, outcome: "successful", retry_at: null },
        { id: failed, outcome: "cancelled", retry_at: null },
      ]);
      assert.deepEqual(await database.sql("select id from mayfly.live"), []);
    });

    test("that comes late is rejected: already, by an earlier copy of it; claim_lost, when the claim is gone", async () => {
      const database = await open();
      const { ids, claimId, workerId, settle } = await holdAll(database, [{}, {}, { retries: 1 }, {}]);
      const [done = "", failed = "", lost = "", never = ""] = ids;
      await settle(success(done, claimId), failure(failed, claimId));
      await database.sql("update mayfly.worker set heartbeat_at = now() - interval '1 hour'");
      await database.store.tick(newTick({ staleMs: 1_000 }));
      assert.deepEqual(idsOf(await claim(database.store, { slots: 1 })), [lost]);
      const stranger = newId();
      const { rejections } = await claim(database.store, {
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
      assert.deepEqual(Object.fromEntries(rejections.map(({ id, reason }) => [id, reason])), {
        [done]: "already",
        [failed]: "already",
        [lost]: "claim_lost",
        [never]: "claim_lost",
        [stranger]: "claim_lost",
      });
      assert.ok(rejections.every((rejection) => rejection.claimId === claimId));
      assert.deepEqual(await database.sql("select id, state from mayfly.live"), [{ id: lost, state: "running" }]);
    });

    test("of a job that was to be cancelled, and was then rescued, is rejected as claim_lost", async () => {
      const database = await open();
      const { ids, claimId, settle } = await holdAll(database, [{}]);
      await database.store.cancel(ids[0] ?? "");
      await database.sql("update mayfly.worker set heartbeat_at = now() - interval '1 hour'");
      await database.store.tick(newTick({ staleMs: 1_000 }));
      const { rejections } = await settle(success(ids[0] ?? "", claimId));
      assert.deepEqual(
        rejections.map(({ reason }) => reason),
        ["claim_lost"],
      );
    });

    test("of a job that went down with its process is rejected as already when it is repeated", async () => {
      const database = await open();
      const { ids, claimId, settle } = await holdAll(database, [{}]);
      const lost = { ...failure(ids[0] ?? "", claimId), outcome: "lost" as const };
      await settle(lost);
      assert.deepEqual(
        (await settle(lost)).rejections.map(({ reason }) => reason),
        ["already"],
      );
    });

    test("that gave a job back, or ended a hook, is not rejected when it is repeated", async () => {
      const database = await open();
      const { ids, claimId, settle } = await holdAll(database, [{}, {}]);
      const [released = "", hook = ""] = ids;
      const settlements = [success(released, claimId, { outcome: "released", countsAsAttempt: false }), hookDone(hook, claimId)];
      await settle(...settlements);
      assert.deepEqual((await settle(...settlements)).rejections, []);
    });
  });

  describe("a repeated turn", () => {
    test("answers what the first one did, and claims nothing more", async () => {
      const database = await open();
      await enqueueEach(database, [{}, {}, {}, {}]);
      const turn = newTurn({ slots: 2 });
      const first = await database.store.turn(turn);
      const repeat = await database.store.turn(turn);
      const byId = (jobs: readonly ClaimedJob[]) => [...jobs].sort((a, b) => (a.id < b.id ? -1 : 1));
      assert.equal(first.replayed, false);
      assert.equal(repeat.replayed, true);
      assert.deepEqual(byId(repeat.jobs), byId(first.jobs));
      assert.deepEqual(await database.sql("select count(*)::int as n from mayfly.ready"), [{ n: 2 }]);
    });

    test("answers what still runs under its claim", async () => {
      const database = await open();
      await enqueueEach(database, [{}, {}]);
      const turn = newTurn();
      const [one, other] = idsOf(await database.store.turn(turn));
      const settling = { ...turn, settle: [success(one ?? "", turn.claimId)] };
      assert.deepEqual(idsOf(await database.store.turn(settling)), [other]);
    });

    test("settles nothing twice", async () => {
      const database = await open();
      const { ids, claimId, workerId } = await holdAll(database, [{}]);
      const turn = newTurn({ workerId, settle: [success(ids[0] ?? "", claimId)] });
      await database.store.turn(turn);
      assert.deepEqual((await database.store.turn(turn)).rejections, [{ id: ids[0], claimId, reason: "already" }]);
      assert.deepEqual(await database.sql("select count(*)::int as n from mayfly.result"), [{ n: 1 }]);
    });
  });

  describe("scheduled jobs", () => {
    test("are promoted and claimed in the same turn once they are due", async () => {
      const database = await open();
      const [due = ""] = await enqueueEach(database, [{ delayMs: 60_000 }, { delayMs: 90_000 }]);
      assert.deepEqual((await claim(database.store)).jobs, []);
      await database.sql("update mayfly.scheduled set run_at = now() - interval '1 second' where id = $1", [due]);
      assert.deepEqual(idsOf(await claim(database.store)), [due]);
    });

    test("that fell due together become ready one after the other, in the order of their time", async () => {
      const database = await open();
      const ids = await enqueueEach(database, [{ delayMs: 60_000 }, { delayMs: 60_000 }, { delayMs: 60_000 }]);
      await database.sql("update mayfly.scheduled set run_at = date_trunc('minute', now())");
      await claim(database.store, { slots: 0 });
      assert.deepEqual(await database.sql("select count(distinct ready_at)::int as n from mayfly.ready"), [{ n: ids.length }]);
    });

    test("the next time one is due is in the report", async () => {
      const database = await open();
      const [soon = "", later = ""] = await enqueueEach(database, [{ delayMs: 60_000 }, { delayMs: 600_000 }]);
      const next = async () => (await claim(database.store)).report?.nextDueMs ?? null;
      const first = await next();
      assert.ok(first !== null && first > 50_000 && first <= 60_000, `${first}`);
      await database.sql("delete from mayfly.scheduled where id = $1", [soon]);
      const second = await next();
      assert.ok(second !== null && second > 500_000 && second <= 600_000, `${second}`);
      await database.sql("delete from mayfly.scheduled where id = $1", [later]);
      assert.equal(await next(), null);
    });

    test("are left alone by a turn without presence, which reports nothing", async () => {
      const database = await open();
      await enqueueEach(database, [{ delayMs: 60_000 }]);
      await database.sql("update mayfly.scheduled set run_at = now()");
      const { jobs, report } = await database.store.turn({ ...newTurn(), presence: null });
      assert.deepEqual(jobs, []);
      assert.equal(report, null);
    });
  });

  describe("a job that cannot be run here", () => {
    test("is parked, by its name or its time-out, and others are claimed", async () => {
      const database = await open();
      const [unknown = "", slow = "", known = ""] = await enqueueEach(database, [
        { name: "unknown" },
        { timeoutMs: 120_000 },
        { timeoutMs: 60_000 },
      ]);
      const { jobs, setAside } = await claim(database.store);
      assert.deepEqual(idsOf({ jobs }), [known]);
      assert.equal(setAside, 2);
      assert.deepEqual(await database.sql("select id, reason, parked from mayfly.scheduled order by id"), [
        { id: unknown, reason: "parked", parked: 1 },
        { id: slow, reason: "parked", parked: 1 },
      ]);
    });

    test("is parked longer each time it falls due, up to an hour, and keeps its place", async () => {
      const database = await open();
      const [unknown = ""] = await enqueueEach(database, [{ name: "unknown" }]);
      await claim(database.store);
      const place = await database.sql("select ready_at from mayfly.scheduled");
      const waits: number[] = [];
      for (let time = 0; time < 8; time++) {
        await database.sql("update mayfly.scheduled set run_at = now() where id = $1", [unknown]);
        assert.equal((await claim(database.store)).setAside, 1);
        const [row] = await database.sql<{ wait: number }>(
          "select round(extract(epoch from run_at - now()) / 60)::int as wait from mayfly.scheduled",
        );
        waits.push(row?.wait ?? 0);
      }
      assert.deepEqual(waits, [2, 4, 8, 16, 32, 60, 60, 60]);
      assert.deepEqual(await database.sql("select ready_at from mayfly.scheduled"), place);
    });

    test("is claimed once it is due, by a worker that can run it", async () => {
      const database = await open();
      const ids = await enqueueEach(database, [{ name: "unknown" }, { timeoutMs: 120_000 }]);
      await claim(database.store);
      await database.sql("update mayfly.scheduled set run_at = now()");
      const able = await claim(database.store, { names: ["work", "unknown"], maxTimeoutMs: 120_000 });
      assert.deepEqual(idsOf(able).sort(), ids.sort());
    });

    test("stays where it is with a worker that does not park", async () => {
      const database = await open();
      await enqueueEach(database, [{ name: "unknown" }]);
      const { jobs, setAside } = await claim(database.store, { park: false });
      assert.deepEqual(jobs, []);
      assert.equal(setAside, 0);
      assert.deepEqual(await database.sql("select state, parked from mayfly.live"), [{ state: "ready", parked: null }]);
    });
  });

  describe("an expired job", () => {
    test("ends as cancelled where a claim meets it, stays only for a hook that it may have, and its key is free", async () => {
      const database = await open();
      const [id = ""] = await enqueueEach(database, [{ key: "k", expiresMs: 60_000 }]);
      await database.sql("update mayfly.ready set expires_at = now() - interval '1 second'");
      const { setAside, jobs } = await claim(database.store);
      assert.equal(setAside, 1);
      assert.deepEqual(
        jobs.map(({ hook }) => hook),
        ["cancelled"],
      );
      assert.deepEqual(await database.sql("select id, outcome, error ->> 'name' as error from mayfly.result"), [
        { id, outcome: "cancelled", error: "ExpiredError" },
      ]);
      assert.deepEqual(await database.sql("select id from mayfly.held_key"), []);
    });
  });

  describe("the worker's row", () => {
    const presence = { runtime: "lambda", host: "h", deadlineAt: "2030-01-02T03:04:05.000Z", heartbeatMs: 5_000, queues: ["a", "b"] };

    test("says where it runs, what it serves and when its platform ends it", async () => {
      const database = await open();
      await claim(database.store, presence);
      assert.deepEqual(
        await database.sql(
          "select runtime, host, queues, deadline_at = '2030-01-02T03:04:05Z'::timestamptz as deadline, left_at from mayfly.worker",
        ),
        [{ runtime: "lambda", host: "h", queues: ["a", "b"], deadline: true, left_at: null }],
      );
    });

    test("is written when the heartbeat is old, not at every turn", async () => {
      const database = await open();
      const workerId = newId();
      await claim(database.store, { workerId, ...presence });
      const version = () => database.sql("select xmin::text as xmin from mayfly.worker");
      const written = await version();
      await claim(database.store, { workerId, ...presence });
      assert.deepEqual(await version(), written);
      await database.sql("update mayfly.worker set heartbeat_at = now() - interval '6 seconds'");
      await claim(database.store, { workerId, ...presence });
      assert.deepEqual(await database.sql("select now() - heartbeat_at < interval '5 seconds' as fresh from mayfly.worker"), [
        { fresh: true },
      ]);
    });

    test("is signed off only with empty hands, and on again when the worker comes back", async () => {
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
  });

  describe("the report", () => {
    test("tells a worker which of its jobs an operator wants stopped", async () => {
      const database = await open();
      const { ids, workerId } = await holdAll(database, [{}, {}]);
      await enqueueEach(database, [{}]);
      const { jobs } = await claim(database.store);
      for (const id of [ids[1] ?? "", jobs[0]?.id ?? ""]) await database.store.cancel(id);
      assert.deepEqual((await claim(database.store, { workerId, slots: 0 })).report?.cancels, [ids[1]]);
    });

    test("tells a worker which of its claims are lost, where it asks", async () => {
      const database = await open();
      const { ids, workerId, claimId } = await holdAll(database, [{}, {}]);
      await database.sql("update mayfly.running set claim_id = $2 where id = $1", [ids[0], newId()]);
      const activeClaims = ids.map((id) => [id, claimId] as const);
      assert.deepEqual((await claim(database.store, { workerId, slots: 0, activeClaims })).report?.lostClaims, [[ids[0], claimId]]);
      assert.deepEqual((await claim(database.store, { workerId, slots: 0 })).report?.lostClaims, []);
    });

    test("names a job that is to be stopped and was given back, once it is claimed again", async () => {
      const database = await open();
      const { ids, claimId, settle } = await holdAll(database, [{}]);
      await database.store.cancel(ids[0] ?? "");
      await settle(success(ids[0] ?? "", claimId, { outcome: "released", countsAsAttempt: false }));
      assert.deepEqual((await claim(database.store)).report?.cancels, ids);
    });
  });

  test("a job and its attempts can be read at every stage", async () => {
    const { store } = await open();
    assert.equal(await store.job(newId()), undefined);
    const job = newJob({ retries: 1, key: "k" });
    await store.enqueue([job]);
    const ready = await store.job(job.id);
    assert.equal(ready?.state, "ready");
    assert.equal(ready?.attempt, 0);
    assert.deepEqual(ready?.attempts, []);
    const { claimId, workerId } = await claim(store);
    assert.equal((await store.job(job.id))?.state, "running");
    await claim(store, { workerId, slots: 0, settle: [failure(job.id, claimId, 60_000)] });
    const scheduled = await store.job(job.id);
    assert.equal(scheduled?.state, "scheduled");
    assert.equal(scheduled?.finishedAt, undefined);
    assert.deepEqual(
      scheduled?.attempts.map(({ outcome, error }) => ({ outcome, error })),
      [{ outcome: "errored", error: { name: "Error", message: "no" } }],
    );
    assert.ok(scheduled?.attempts[0]?.retryAt !== undefined);
  });
});
