/**
 * Schedules as the database keeps them: whose set is in force, and one fire a tick.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Fire } from "../../src/store/store.ts";
import { onEachPostgres, onEachServer, type SqlDatabase } from "../support/each-postgres.ts";
import { newJob, newTick } from "../support/samples.ts";
import { begin } from "../support/stranger.ts";

const DUE = "2026-01-01T00:00:00.000Z";
const NEVER = "2999-01-01T00:00:00.000Z";
const OLD = { application: "app", hash: "old" };
const NEW = { application: "app", hash: "new" };

const listed = (name: string, nextAt: string | null = DUE, when = "* * * * *") => ({ name, nextAt, definition: { timing: when } });
const fire = (name: string, number: number, more: Partial<Fire> = {}): Fire => ({
  name,
  fireCount: number,
  nextAt: NEVER,
  overlap: true,
  jobs: [newJob()],
  ...more,
});

/** As if the set had not been seen for so long. */
const unseen = ({ sql }: SqlDatabase, hash: string, minutes: number) =>
  sql("update mayfly.schedule_set set seen_at = now() - $2 * interval '1 minute' where hash = $1", [hash, minutes]);

onEachPostgres((open) => {
  test("a set is unknown until it is announced, then current, and its due schedules are told", async () => {
    const { store } = await open();
    const tick = () => store.tick(newTick({ set: NEW }));
    assert.equal((await tick()).setState, "unknown");
    assert.equal(await store.announceSchedules(NEW, [listed("a"), listed("b", NEVER), listed("c", null)]), "current");
    const { setState, due, nextFireMs } = await tick();
    assert.deepEqual(
      [setState, due.map(({ name, fireCount: number, resumedAt }) => [name, number, resumedAt])],
      ["current", [["a", 0, null]]],
    );
    assert.equal(Date.parse(due[0]?.nextAt ?? ""), Date.parse(DUE));
    assert.ok(nextFireMs !== null && nextFireMs > 0);
    assert.equal((await store.tick(newTick())).setState, null);
  });

  test("a newer set takes over: what is gone is removed, what has changed starts anew, what has not goes on", async () => {
    const database = await open();
    const { store } = database;
    await store.announceSchedules(OLD, [listed("gone"), listed("changed"), listed("same")]);
    await store.fireSchedules("app", [fire("same", 0)]);
    await database.sql("update mayfly.schedule_set set first_seen_at = now() - interval '1 day'");
    assert.equal(await store.announceSchedules(NEW, [listed("changed", NEVER, "@daily"), listed("same"), listed("added")]), "current");
    assert.equal((await store.tick(newTick({ set: OLD }))).setState, "older");
    assert.equal(await store.announceSchedules(OLD, [listed("gone")]), "older");
    const rows = await database.sql("select name, fire_count::int as fires, next_at > now() as later from mayfly.schedule order by name");
    assert.deepEqual(rows, [
      { name: "added", fires: 0, later: false },
      { name: "changed", fires: 0, later: true },
      { name: "same", fires: 1, later: true },
    ]);
  });

  test("one whose definition is edited in anything but its timing goes on: the tick that is due stays due", async () => {
    const { store } = await open();
    await store.announceSchedules(OLD, [{ name: "a", nextAt: DUE, definition: { timing: "t", missed: "once" } }]);
    await store.announceSchedules(NEW, [{ name: "a", nextAt: NEVER, definition: { timing: "t", missed: "all" } }]);
    assert.deepEqual(
      (await store.tick(newTick({ set: NEW }))).due.map(({ name }) => name),
      ["a"],
    );
  });

  test("after a roll-back the older set is announced anew once the newer one has not been seen for ten minutes", async () => {
    const database = await open();
    const { store } = database;
    await store.announceSchedules(OLD, [listed("a")]);
    await database.sql("update mayfly.schedule_set set first_seen_at = now() - interval '1 day'");
    await store.announceSchedules(NEW, [listed("b")]);
    await unseen(database, "new", 9);
    assert.equal((await store.tick(newTick({ set: OLD }))).setState, "older");
    await unseen(database, "new", 11);
    assert.equal((await store.tick(newTick({ set: OLD }))).setState, "unknown");
    assert.equal(await store.announceSchedules(OLD, [listed("a")]), "current");
    assert.deepEqual(await database.sql("select name from mayfly.schedule"), [{ name: "a" }]);
    await unseen(database, "new", 60 * 25);
    await store.announceSchedules(OLD, [listed("a")]);
    assert.deepEqual(await database.sql("select hash from mayfly.schedule_set"), [{ hash: "old" }], "sets unseen for a day are forgotten");
  });

  test("a tick lets its own set be seen, once a minute", async () => {
    const database = await open();
    await database.store.announceSchedules(NEW, []);
    await unseen(database, "new", 5);
    await database.store.tick(newTick({ set: NEW }));
    assert.deepEqual(
      await database.sql("select seen_at = now() as now, now() - seen_at < interval '10 seconds' as fresh from mayfly.schedule_set"),
      [{ now: false, fresh: true }],
    );
  });

  test("sets of other applications are left alone", async () => {
    const database = await open();
    await database.store.announceSchedules(OLD, [listed("a")]);
    await database.store.announceSchedules({ application: "other", hash: "x" }, [listed("b")]);
    assert.deepEqual(await database.sql("select application, name from mayfly.schedule order by name"), [
      { application: "app", name: "a" },
      { application: "other", name: "b" },
    ]);
    assert.deepEqual(
      (await database.store.tick(newTick({ set: OLD }))).due.map(({ name }) => name),
      ["a"],
    );
  });

  test("a tick fires once: its jobs go in with it, and whoever comes with the same number changes nothing", async () => {
    const database = await open();
    await database.store.announceSchedules(NEW, [listed("a"), listed("b")]);
    const jobs = [newJob({ key: "k" }), newJob({ key: "k" })];
    const fires = [fire("a", 0, { jobs }), fire("b", 0, { jobs: [], nextAt: null })];
    assert.deepEqual(await database.store.fireSchedules("app", fires), [
      { name: "a", outcomes: ["enqueued", "blocked"] },
      { name: "b", outcomes: [] },
    ]);
    assert.deepEqual(await database.store.fireSchedules("app", fires), []);
    assert.deepEqual(await database.store.fireSchedules("app", [fire("a", 0), fire("unknown", 0)]), []);
    assert.deepEqual(
      await database.sql(
        "select name, fire_count::int as fires, last_at is not null as fired, next_at is null as never from mayfly.schedule order by name",
      ),
      [
        { name: "a", fires: 1, fired: true, never: false },
        { name: "b", fires: 1, fired: true, never: true },
      ],
    );
    assert.deepEqual(await database.sql("select count(*)::int as n from mayfly.job"), [{ n: 1 }]);
  });

  test("one that is not due, or is paused, does not fire", async () => {
    const database = await open();
    await database.store.announceSchedules(NEW, [listed("later", NEVER), listed("paused")]);
    await database.sql("update mayfly.schedule set paused_at = now() where name = 'paused'");
    assert.deepEqual(await database.store.fireSchedules("app", [fire("later", 0), fire("paused", 0)]), []);
    assert.deepEqual((await database.store.tick(newTick({ set: NEW }))).due, []);
  });

  test("without overlap its jobs are left out while the last one lives, and the tick counts as fired", async () => {
    const database = await open();
    const { store } = database;
    await store.announceSchedules(NEW, [listed("a")]);
    const first = newJob();
    assert.deepEqual(await store.fireSchedules("app", [fire("a", 0, { overlap: false, jobs: [first], nextAt: DUE })]), [
      { name: "a", outcomes: ["enqueued"] },
    ]);
    assert.deepEqual(await store.fireSchedules("app", [fire("a", 1, { overlap: false, nextAt: DUE })]), [
      { name: "a", outcomes: ["overlapped"] },
    ]);
    await database.sql("update mayfly.ready set ended = true, hook = 'errored'");
    assert.deepEqual(await store.fireSchedules("app", [fire("a", 2, { overlap: false, nextAt: DUE })]), [
      { name: "a", outcomes: ["enqueued"] },
    ]);
    assert.deepEqual(await store.fireSchedules("app", [fire("a", 3, { nextAt: DUE })]), [{ name: "a", outcomes: ["enqueued"] }]);
  });
});

onEachServer((open) => {
  test("a key, an id or a schedule that a stranger holds keeps its own schedule waiting, and no other", async () => {
    const database = await open();
    const { store } = database;
    await store.announceSchedules(
      NEW,
      ["a", "b", "c", "d", "e"].map((name) => listed(name)),
    );
    const known = newJob();
    await using stranger = await begin(
      database,
      `select mayfly.enqueue_v1('[{"name": "work", "key": "k"}, {"name": "work", "id": "${known.id}"}]')`,
      "select from mayfly.schedule where name = 'd' for update",
    );
    const fires = [
      fire("a", 0),
      fire("b", 0, { jobs: [newJob({ key: "k" })] }),
      fire("c", 0, { jobs: [known] }),
      fire("d", 0),
      fire("e", 0),
    ];
    const outcomes = async () => Object.fromEntries((await store.fireSchedules("app", fires)).map((one) => [one.name, one.outcomes]));
    assert.deepEqual(await outcomes(), { a: ["enqueued"], b: ["busy"], c: ["busy"], d: ["busy"], e: ["enqueued"] });
    await stranger.rollback();
    assert.deepEqual(await outcomes(), { b: ["enqueued"], c: ["enqueued"], d: ["enqueued"] });
  });
});
