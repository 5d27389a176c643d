/**
 * The judge of the chaos sees what is wrong: each test makes one thing so.
 * @module
 */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import type { Settlement } from "../../src/store/settlement.ts";
import { useDatabase } from "../support/database.ts";
import { claim, failure, lost, newId, newJob, newTurn, success } from "../support/samples.ts";
import { judge } from "./judge.ts";

const database = useDatabase();
beforeEach(() =>
  database.sql(
    "create schema if not exists chaos; drop table if exists chaos.row; create table chaos.row (id uuid primary key, claim_id uuid not null)",
  ),
);

/** What the sink and the producer say. */
function witnesses() {
  const sink = {
    url: "",
    started: new Map<string, number>(),
    ended: new Map<string, number>(),
    hooked: new Set<string>(),
    close: async () => {},
  };
  return { sink, told: new Map<string, string>(), children: new Map<string, string>() };
}
type Witnesses = ReturnType<typeof witnesses>;
type End = (id: string, claimId: string) => Settlement;

/** A job that has run, as all say, to this end. */
async function ran(
  { sink, told }: Witnesses,
  name: string,
  end: End = success,
): Promise<{ readonly id: string; readonly claimId: string }> {
  const id = newId();
  await database.store.enqueue([newJob({ id, name, retries: 3 })]);
  const { claimId, workerId } = await claim(database.store, { names: [name] });
  await database.store.turn(newTurn({ workerId, names: [name], settle: [end(id, claimId)] }));
  told.set(id, "enqueued");
  sink.started.set(`${id}|${claimId}`, 1);
  sink.ended.set(`${id}|${claimId}`, 1);
  return { id, claimId };
}

/** What is wrong, without the figures and the names. */
async function wrongWith({ sink, ...producer }: Witnesses): Promise<string[]> {
  const { wrong } = await judge({ calm: database, sink }, producer);
  return wrong.map((text) => text.replace(/:.*/, ""));
}

test("nothing is wrong with a job that ran once", async () => {
  const all = witnesses();
  await ran(all, "plain");
  assert.deepEqual(await wrongWith(all), []);
});

test("a job that was told enqueued and is nowhere is lost", async () => {
  const all = witnesses();
  all.told.set(newId(), "duplicate");
  assert.deepEqual(await wrongWith(all), ["jobs lost"]);
});

test("a job without an end is live, and lost", async () => {
  const all = witnesses();
  const id = newId();
  await database.store.enqueue([newJob({ id, name: "plain" })]);
  all.told.set(id, "enqueued");
  assert.deepEqual(await wrongWith(all), ["live jobs left", "jobs lost"]);
});

test("a job that was refused may not have run", async () => {
  const all = witnesses();
  const { id } = await ran(all, "keyed");
  all.told.set(id, "blocked");
  assert.deepEqual(await wrongWith(all), ["jobs that were refused, and ran"]);
});

test("a side effect whose attempt has no result is seen, and a success without one", async () => {
  const all = witnesses();
  const { id, claimId } = await ran(all, "plain");
  all.sink.started.set(`${id}|${newId()}`, 1);
  all.sink.ended.delete(`${id}|${claimId}`);
  assert.deepEqual(await wrongWith(all), ["side effects without a result", "successes without their side effect"]);
});

test("an attempt that starts twice is seen", async () => {
  const all = witnesses();
  const { id, claimId } = await ran(all, "plain");
  all.sink.started.set(`${id}|${claimId}`, 2);
  assert.deepEqual(await wrongWith(all), ["attempts that started twice"]);
});

test("two successes of one attempt are seen", async () => {
  const all = witnesses();
  const { id } = await ran(all, "plain");
  const other = newId();
  await database.sql(
    "insert into mayfly.result (id, claim_id, partition, attempt, outcome, queue, name) select id, $2, partition, attempt, outcome, queue, name from mayfly.result where id = $1",
    [id, other],
  );
  all.sink.ended.set(`${id}|${other}`, 1);
  assert.deepEqual(await wrongWith(all), ["jobs that succeeded twice", "attempts with two results"]);
});

test("a job that gave up with attempts left is seen", async () => {
  const all = witnesses();
  await ran(all, "plain", failure);
  assert.deepEqual(await wrongWith(all), ["jobs that gave up too early"]);
});

test("a lost attempt whose hook was not called is seen", async () => {
  const all = witnesses();
  await ran(all, "hooked", lost);
  assert.deepEqual(await wrongWith(all), ["jobs that gave up too early", "losses without their hook"]);
});

test("a chained job that is missing is seen", async () => {
  const all = witnesses();
  const { id } = await ran(all, "chain");
  all.children.set(id, newId());
  assert.deepEqual(await wrongWith(all), ["chained jobs that are missing"]);
});

test("a row without a result is seen, and a success without its row", async () => {
  const all = witnesses();
  await ran(all, "row");
  await database.sql("insert into chaos.row (id, claim_id) values ($1, $2)", [newId(), newId()]);
  assert.deepEqual(await wrongWith(all), ["rows without a result", "successes without their row"]);
});
