/**
 * mayfly.enqueue_v1, and the faster ways to the same: every branch of them.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isUuid } from "../../src/base/ids.ts";
import { DriverError } from "../../src/postgres/driver/errors.ts";
import { onEachPostgres, onEachServer, type SqlDatabase } from "../support/each-postgres.ts";
import { claim, newId, newJob, success } from "../support/samples.ts";

interface EnqueueRow {
  id: string;
  outcome: string;
  existing_id: string | null;
  pending: number | null;
  running: number | null;
}

/** An id that tells no day. */
const FOREIGN = "a8098c1a-f86e-41da-bd1a-00112444be1e";

function enqueue({ sql }: SqlDatabase, jobs: unknown, options = ""): Promise<EnqueueRow[]> {
  return sql<EnqueueRow>(`select * from mayfly.enqueue_v1($1::jsonb${options})`, [JSON.stringify(jobs)]);
}

async function outcomes(database: SqlDatabase, jobs: unknown, options?: string): Promise<string[]> {
  return (await enqueue(database, jobs, options)).map(({ outcome }) => outcome);
}

/** Runs a job to its end, so that only its result is left. */
async function finish({ store }: SqlDatabase): Promise<void> {
  const { jobs, claimId, workerId } = await claim(store);
  await claim(store, { workerId, slots: 0, settle: jobs.map(({ id }) => success(id, claimId)) });
}

const names = ({ sql }: SqlDatabase) => sql<{ name: string }>("select name from mayfly.live order by name");

/** An id as it would have been made that many days ago. */
async function idOf({ sql }: SqlDatabase, daysAgo: number): Promise<string> {
  const [row] = await sql<{ id: string }>(
    `select (left(mayfly.uuid7_floor(now() - $1::int * interval '1 day')::text, 15) || substr(gen_random_uuid()::text, 16))::uuid as id`,
    [daysAgo],
  );
  return row?.id ?? "";
}

/** Two jobs, the second with a payload of that many arrays within each other. */
const nested = (depth: number) => `[{"name": "work"}, {"name": "work", "payload": ${"[".repeat(depth)}${"]".repeat(depth)}}]`;
const TOO_DEEP = { code: "54000", message: "the payload of job 2 is nested more than 100 deep" };

onEachPostgres((open) => {
  describe("what is stored", () => {
    test("only the name is needed, all else has a default", async () => {
      const database = await open();
      const [reply] = await enqueue(database, [{ name: "work" }]);
      assert.equal(reply?.outcome, "enqueued");
      assert.ok(isUuid(reply?.id ?? "") && reply?.id[14] === "7", "the id made is a UUIDv7");
      const [job] = await database.sql(
        `select l.name, l.state, l.queue, l.priority, l.retries, l.attempt, l.timeout_ms, l.held_key, j.key, j.exclusive, j.payload, j.run_at
         from mayfly.live l join mayfly.job j on j.partition = l.partition and j.id = l.id`,
      );
      assert.deepEqual(job, {
        name: "work",
        state: "ready",
        queue: "default",
        priority: 0,
        retries: 0,
        attempt: 0,
        timeout_ms: null,
        held_key: null,
        key: null,
        exclusive: null,
        payload: {},
        run_at: null,
      });
    });

    test("what is given is stored as it is", async () => {
      const database = await open();
      const id = newId();
      const text = { source: "app.ts", traceparent: "00-1-2-01", tracestate: "a=b", created_by: "me" };
      const job = { name: "n", id, queue: "q", priority: -7, retries: 3, timeout_ms: 5_000, key: "k", payload: { a: [1, "é🪰"] }, ...text };
      assert.deepEqual(await outcomes(database, [job]), ["enqueued"]);
      const [stored] = await database.sql(
        "select id, name, queue, priority, retries, timeout_ms, key, exclusive, payload, source, traceparent, tracestate, created_by from mayfly.job",
      );
      assert.deepEqual(stored, { ...job, exclusive: true });
    });

    test("a delay and a time in the future schedule, a time in the past does not", async () => {
      const database = await open();
      await enqueue(database, [
        { name: "delayed", delay_ms: 60_000 },
        { name: "at", run_at: "2999-01-01T00:00:00Z" },
        { name: "late", run_at: "2001-01-01T00:00:00Z" },
      ]);
      assert.deepEqual(await database.sql("select name, state, reason, ready_at is null as unready from mayfly.live order by name"), [
        { name: "at", state: "scheduled", reason: "due", unready: true },
        { name: "delayed", state: "scheduled", reason: "due", unready: true },
        { name: "late", state: "ready", reason: null, unready: false },
      ]);
    });

    test("jobs of a call become ready in its order, each at a time of its own, whatever their ids, keys and limits are", async () => {
      const database = await open();
      const ids = Array.from({ length: 300 }, () => newId()).reverse();
      const jobs = ids.map((id, nth) => ({
        name: "work",
        id,
        ...(nth % 3 === 1 ? { key: `k${nth}` } : {}),
        ...(nth % 3 === 2 ? { key: `z${299 - nth}`, limit: 1 } : {}),
      }));
      await enqueue(database, jobs);
      const ready = await database.sql<{ id: string; at: string }>("select id, ready_at::text as at from mayfly.ready order by ready_at");
      assert.deepEqual(
        ready.map(({ id }) => id),
        ids,
      );
      assert.equal(new Set(ready.map(({ at }) => at)).size, ids.length);
    });
  });

  describe("an id goes in once", () => {
    test("while its job lives, and after it has ended", async () => {
      const database = await open();
      const id = newId();
      assert.deepEqual(await outcomes(database, [{ name: "work", id }]), ["enqueued"]);
      const [again] = await enqueue(database, [{ name: "other", id }]);
      assert.equal(again?.outcome, "duplicate");
      assert.equal(again?.existing_id, id);
      await finish(database);
      const [late] = await enqueue(database, [{ name: "work", id }]);
      assert.equal(late?.outcome, "duplicate");
      assert.equal(late?.existing_id, id);
    });

    test("within a batch, where the others go in", async () => {
      const database = await open();
      const [id, twice] = [newId(), newId()];
      await enqueue(database, [{ name: "work", id }]);
      assert.deepEqual(await outcomes(database, [{ name: "a", id: twice }, { name: "b", id }, { name: "c", id: twice }, { name: "d" }]), [
        "enqueued",
        "duplicate",
        "duplicate",
        "enqueued",
      ]);
      assert.deepEqual(await names(database), [{ name: "a" }, { name: "d" }, { name: "work" }]);
    });

    test("whatever delay, time or limit a repeat comes with: its partition is a function of the id alone", async () => {
      const database = await open();
      for (const id of [newId(), FOREIGN, await idOf(database, 5), await idOf(database, 60)]) {
        const variants = [{}, { delay_ms: 8 * 86_400_000 }, { run_at: "2999-01-01T00:00:00Z" }, { key: `k-${id}`, limit: 1 }];
        const seen: string[] = [];
        for (const more of variants) seen.push(...(await outcomes(database, [{ name: "work", id, ...more }])));
        assert.deepEqual(seen, ["enqueued", "duplicate", "duplicate", "duplicate"], id);
        const partitions = await database.sql("select partition = mayfly.partition_of(id) as own from mayfly.job where id = $1", [id]);
        assert.deepEqual(partitions, [{ own: true }], id);
      }
    });

    test("whichever way it goes: alone, in a group, or with all options", async () => {
      const { store, sql } = await open();
      const [a, b] = [newJob(), newJob()];
      assert.equal((await store.enqueue([a]))[0]?.outcome, "enqueued");
      const [again] = await store.enqueue([a]);
      assert.deepEqual(again, { id: a.id, outcome: "duplicate", existingId: a.id });
      assert.deepEqual(
        (await store.enqueue([a, b])).map(({ outcome }) => outcome),
        ["duplicate", "enqueued"],
      );
      assert.equal((await store.enqueue([{ ...b, delayMs: 60_000 }]))[0]?.outcome, "duplicate");
      assert.deepEqual(await sql("select count(*)::int as n from mayfly.live"), [{ n: 2 }]);
    });

    test("also where it is old, and its job has been moved to the partition far", async () => {
      const database = await open();
      const id = await idOf(database, 5);
      await enqueue(database, [{ name: "work", id }]);
      await database.sql("update mayfly.job set partition = mayfly.far()");
      await database.sql("update mayfly.ready set partition = mayfly.far()");
      assert.deepEqual(await outcomes(database, [{ name: "work", id }]), ["duplicate"]);
      assert.deepEqual(await outcomes(database, [{ name: "work", id }, { name: "other" }]), ["duplicate", "enqueued"]);
      assert.deepEqual(await database.sql("select count(*)::int as n from mayfly.job where id = $1", [id]), [{ n: 1 }]);
    });

    test("a group whose ids do not ascend goes in all the same, in the order of the call", async () => {
      const database = await open();
      const jobs = [newJob(), newJob(), newJob()].reverse();
      assert.ok((await database.store.enqueue(jobs)).every(({ outcome }) => outcome === "enqueued"));
      assert.deepEqual(
        await database.sql("select id from mayfly.ready order by ready_at"),
        jobs.map(({ id }) => ({ id })),
      );
    });

    test("a group with an id of another day, or of none, goes in all the same", async () => {
      const database = await open();
      const ids = [await idOf(database, 3), newId(), FOREIGN];
      assert.ok((await database.store.enqueue(ids.map((id) => newJob({ id })))).every(({ outcome }) => outcome === "enqueued"));
      assert.deepEqual(await database.sql("select count(*)::int as n from mayfly.job where partition = mayfly.partition_of(id)"), [
        { n: 3 },
      ]);
    });
  });

  describe("a key", () => {
    test("is held by one live job of its name, whoever comes second is told by which", async () => {
      const database = await open();
      const [first] = await enqueue(database, [{ name: "work", key: "k" }]);
      const [second] = await enqueue(database, [{ name: "work", key: "k" }]);
      assert.equal(second?.outcome, "blocked");
      assert.equal(second?.existing_id, first?.id);
      assert.deepEqual(
        await outcomes(database, [
          { name: "other", key: "k" },
          { name: "work", key: "" },
          { name: "work", key: "l" },
          { name: "work", key: "l" },
        ]),
        ["enqueued", "enqueued", "enqueued", "blocked"],
      );
    });

    test("is free once its job has ended", async () => {
      const database = await open();
      await enqueue(database, [{ name: "work", key: "k" }]);
      await finish(database);
      assert.deepEqual(await outcomes(database, [{ name: "work", key: "k" }]), ["enqueued"]);
    });

    test("that is refused leaves nothing of its job: the same id may go in later", async () => {
      const database = await open();
      const id = newId();
      await enqueue(database, [{ name: "work", key: "k" }]);
      assert.deepEqual(await outcomes(database, [{ name: "work", key: "k", id }]), ["blocked"]);
      assert.deepEqual(await database.sql("select id from mayfly.job where id = $1", [id]), []);
      await finish(database);
      assert.deepEqual(await outcomes(database, [{ name: "work", key: "k", id }]), ["enqueued"]);
    });

    test("of a repeat is not in its own way: the answer is duplicate, not blocked", async () => {
      const database = await open();
      const id = newId();
      await enqueue(database, [{ name: "work", key: "k", id }]);
      assert.deepEqual(await outcomes(database, [{ name: "work", key: "k", id }]), ["duplicate"]);
      assert.deepEqual(await outcomes(database, [{ name: "work", key: "k", id }, { name: "x" }]), ["duplicate", "enqueued"]);
    });
  });

  describe("a limit", () => {
    test("holds for the name and key, or for the whole name; running ones count too", async () => {
      const database = await open();
      const limited = { name: "work", key: "k", limit: 2 };
      assert.deepEqual(await outcomes(database, [limited, limited, limited]), ["enqueued", "enqueued", "limited"]);
      await claim(database.store, { slots: 1 });
      const [refused] = await enqueue(database, [limited]);
      assert.deepEqual({ ...refused, id: "" }, { id: "", outcome: "limited", existing_id: null, pending: 1, running: 1 });
      assert.deepEqual(await outcomes(database, [{ ...limited, key: "other" }]), ["enqueued"]);
      assert.deepEqual(await outcomes(database, [{ name: "work", limit: 3 }]), ["limited"]);
      assert.deepEqual(await outcomes(database, [{ name: "work", limit: 4 }, { name: "plain" }]), ["enqueued", "enqueued"]);
    });

    test("does not refuse a repeat, which is a duplicate", async () => {
      const database = await open();
      const id = newId();
      const limited = { name: "work", id, key: "k", limit: 1 };
      assert.deepEqual(await outcomes(database, [limited]), ["enqueued"]);
      assert.deepEqual(await outcomes(database, [limited]), ["duplicate"]);
      await finish(database);
      assert.deepEqual(await outcomes(database, [limited]), ["duplicate"]);
      assert.deepEqual(await database.sql("select id from mayfly.live"), []);
    });

    test("counts no job that has ended and only waits for its hook", async () => {
      const database = await open();
      const limited = { name: "work", key: "k", limit: 1 };
      const [job] = await enqueue(database, [limited]);
      assert.equal(await database.store.cancel(job?.id ?? ""), "cancelled");
      assert.deepEqual(await database.sql("select ended from mayfly.live"), [{ ended: true }]);
      assert.deepEqual(await outcomes(database, [limited]), ["enqueued"]);
    });
  });

  test("an expectation lets in while no count is higher, and answers the counts when one is", async () => {
    const database = await open();
    const expecting = (pending: number, running: number) => ({ name: "work", key: "k", expect: { pending, running } });
    assert.deepEqual(await outcomes(database, [expecting(0, 0)]), ["enqueued"]);
    const [refused] = await enqueue(database, [expecting(0, 0)]);
    assert.deepEqual({ ...refused, id: "" }, { id: "", outcome: "conflict", existing_id: null, pending: 1, running: 0 });
    await claim(database.store, { slots: 1 });
    assert.deepEqual(await outcomes(database, [expecting(1, 0)]), ["conflict"]);
    assert.deepEqual(await outcomes(database, [expecting(0, 1), expecting(1, 1)]), ["enqueued", "enqueued"]);
  });

  describe("strict", () => {
    test("fails for each job that does not go in, and all is rolled back", async () => {
      const database = await open();
      const [{ id = "" } = {}] = await enqueue(database, [{ name: "work", key: "k" }]);
      const refused: Record<string, unknown> = {
        MF001: [{ name: "new" }, { name: "work", id }],
        MF002: [{ name: "new" }, { name: "work", key: "k" }],
        MF003: [{ name: "new" }, { name: "work", key: "k", limit: 1 }],
      };
      for (const [code, jobs] of Object.entries(refused)) await assert.rejects(enqueue(database, jobs, ", true"), { code });
      await assert.rejects(enqueue(database, [{ name: "work", key: "k", expect: { pending: 0, running: 0 } }], ", true"), {
        code: "MF003",
      });
      assert.deepEqual(await names(database), [{ name: "work" }]);
    });

    test("with allow_blocked still fails for an id that is known, and for nothing else", async () => {
      const database = await open();
      const [{ id = "" } = {}] = await enqueue(database, [{ name: "work", key: "k" }]);
      const jobs = [{ name: "new" }, { name: "work", key: "k" }, { name: "work", key: "k", limit: 1 }];
      assert.deepEqual(await outcomes(database, jobs, ", true, true"), ["enqueued", "blocked", "limited"]);
      await assert.rejects(enqueue(database, [{ name: "work", id }], ", true, true"), { code: "MF001" });
    });
  });

  describe("in a transaction of another isolation", () => {
    for (const isolation of ["repeatable read", "serializable"] as const) {
      test(`${isolation}: what is plain or has a key goes in once, and a duplicate comes without existing_id`, async () => {
        const database = await open();
        const [plain, keyed, late] = [newJob(), newJob({ key: "k" }), newJob()];
        const call = (...jobs: object[]) => ({
          text: "select id, outcome, existing_id from mayfly.enqueue_v1($1::jsonb)",
          params: [JSON.stringify(jobs)],
        });
        const first = { name: "work", id: plain.id };
        const second = { name: "work", id: keyed.id, key: "k" };
        const third = { name: "work", id: late.id };
        const rows = await database.driver.transaction(
          [call(first, second), call(first, second), call(third, { name: "work", key: "k" })],
          {
            isolation,
          },
        );
        const brief = rows.map((answers) => answers.map(({ outcome, existing_id }) => [outcome, existing_id]));
        assert.deepEqual(brief, [
          [
            ["enqueued", null],
            ["enqueued", null],
          ],
          [
            ["duplicate", null],
            ["duplicate", null],
          ],
          [
            ["enqueued", null],
            ["blocked", keyed.id],
          ],
        ]);
      });

      test(`${isolation}: what is enqueued alone or in a group goes in once, too`, async () => {
        const database = await open();
        const ids = [newId(), newId()];
        const one = {
          text: `select mayfly.enqueue_one_v1('{"name": "work"}', $1::uuid, '{}') as refused`,
          params: [ids[0] ?? ""],
        };
        const group = {
          text: `select mayfly.enqueue_group_v1('{"name": "work"}', $1::uuid[], '[1, 2]') as refused`,
          params: [`{${ids.join()}}`],
        };
        const rows = await database.driver.transaction([one, one, group, group], { isolation });
        assert.deepEqual(
          rows.map(([row]) =>
            (JSON.parse(row?.refused ?? "[]") as unknown[][]).map(([nth, outcome, existing]) => [nth, outcome, existing]),
          ),
          [
            [],
            [[1, "duplicate", null]],
            [[1, "duplicate", null]],
            [
              [1, "duplicate", null],
              [2, "duplicate", null],
            ],
          ],
        );
      });

      test(`${isolation}: a limit is refused, since a snapshot cannot count what came after it`, async () => {
        const database = await open();
        const limited = { text: `select * from mayfly.enqueue_v1('[{"name": "work", "limit": 1}]')`, params: [] };
        await assert.rejects(
          database.driver.transaction([limited], { isolation }),
          (error) => error instanceof DriverError && error.sqlState === "MF006",
        );
      });
    }
  });

  describe("what is refused", () => {
    test("a call that is not an array, or is too long", async () => {
      const database = await open();
      await assert.rejects(enqueue(database, { name: "work" }), { code: "22023" });
      const many = Array.from({ length: 10_001 }, () => ({ name: "work" }));
      await assert.rejects(enqueue(database, many), { code: "54000" });
      assert.deepEqual(await enqueue(database, []), []);
    });

    test("an entry that is not an object, by its place", async () => {
      const database = await open();
      for (const entry of [null, 7, "text", []]) {
        await assert.rejects(enqueue(database, [{ name: "work" }, entry]), { code: "22023", message: "job 2 is not an object" });
      }
    });

    for (const [field, hint] of [
      ["concurrencyKey", "Use key."],
      ["runAt", "Use run_at."],
      ["prio", "Use priority."],
      ["delayMs", "Use delay_ms."],
      ["unrelated", "The fields are name, id, payload, "],
    ] as const) {
      test(`a field ${field}, which does not exist, with the hint: ${hint}`, async () => {
        const database = await open();
        await assert.rejects(
          enqueue(database, [{ name: "work" }, { name: "work", [field]: "secret" }]),
          ({ code, message, hint: given }: Error & { code: string; hint: string }) => {
            assert.equal(code, "22023");
            assert.equal(message, `job 2 has a field '${field}', which does not exist`);
            assert.ok(given.startsWith(hint), given);
            assert.doesNotMatch(`${message}${given}`, /secret/);
            return true;
          },
        );
        assert.deepEqual(await database.sql("select id from mayfly.job"), []);
      });
    }

    test("a payload over 4 MB, whichever way it comes", async () => {
      const database = await open();
      const payload = { text: "x".repeat(4_194_304) };
      await assert.rejects(enqueue(database, [{ name: "work", payload }]), { code: "23514" });
      for (const jobs of [[newJob({ payload })], [newJob(), newJob({ payload })]]) {
        await assert.rejects(database.store.enqueue(jobs), (error) => error instanceof DriverError && error.sqlState === "23514");
      }
      assert.deepEqual(await database.sql("select id from mayfly.job"), []);
    });

    test("a call over 32 MB, before any of it is read", async () => {
      const database = await open();
      const payload = "x".repeat(4_000_000);
      const jobs = Array.from({ length: 9 }, () => ({ name: "work", payload }));
      await assert.rejects(enqueue(database, jobs), { code: "54000", message: /bytes in one call, at most 33554432 are taken/ });
    });

    test("a payload of 200 MB", async () => {
      const database = await open();
      await assert.rejects(
        database.sql(
          "select * from mayfly.enqueue_v1(jsonb_build_array(jsonb_build_object('name', 'work', 'payload', repeat('x', 200000000))))",
        ),
        { code: "54000" },
      );
    });

    test("a payload nested more than 100 deep", async () => {
      const database = await open();
      await assert.rejects(database.sql("select * from mayfly.enqueue_v1($1::jsonb)", [nested(102)]), TOO_DEEP);
      assert.equal((await database.sql("select * from mayfly.enqueue_v1($1::jsonb)", [nested(100)])).length, 2);
    });

    for (const job of [
      {},
      { name: "" },
      { name: "x".repeat(256) },
      { name: "work", queue: "" },
      { name: "work", priority: 40_000 },
      { name: "work", key: "k".repeat(256) },
      { name: "work", run_at: "infinity" },
      { name: "work", expires_at: "-infinity" },
      { name: "work", retries: -1 },
      { name: "work", retries: 32_767 },
      { name: "work", timeout_ms: 0 },
      { name: "work", running_limit: 0 },
    ]) {
      test(`${JSON.stringify(job).slice(0, 60)}: no row may hold it`, async () => {
        const database = await open();
        await assert.rejects(enqueue(database, [job]), { code: /^2/ });
        assert.deepEqual(await database.sql("select id from mayfly.job"), []);
      });
    }
  });

  test("counts of live jobs are of a name and key, or of the name", async () => {
    const { store } = await open();
    await store.enqueue([
      newJob({ key: "a", limit: 9 }),
      newJob({ key: "a", limit: 9, delayMs: 60_000 }),
      newJob({ key: "b" }),
      newJob({ name: "other", key: "a" }),
      newJob(),
    ]);
    await claim(store, { slots: 1 });
    assert.deepEqual(
      await store.liveCounts([
        { name: "work", key: "a" },
        { name: "work", key: "b" },
        { name: "work", key: null },
        { name: "none", key: null },
      ]),
      [
        { pending: 1, running: 1 },
        { pending: 1, running: 0 },
        { pending: 2, running: 1 },
        { pending: 0, running: 0 },
      ],
    );
  });
});

// PGlite has a smaller stack, and forgets its own error.
onEachServer((open) => {
  test("a payload nested 6,000 deep is refused", async () => {
    const database = await open();
    await assert.rejects(database.sql("select * from mayfly.enqueue_v1($1::jsonb)", [nested(6_000)]), TOO_DEEP);
  });
});
