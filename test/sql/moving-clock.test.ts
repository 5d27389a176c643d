/**
 * Months of a queue: the clock goes over midnight, over the end of a partition and twice round the ring, while jobs come, run, wait for weeks and go. No id
 * runs or is accepted twice, no result goes before its retention has ended, and nothing is left long after.
 * @module
 */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { createIdSource } from "../../src/base/ids.ts";
import type { NewJob } from "../../src/store/new-job.ts";
import type { Settlement } from "../../src/store/settlement.ts";
import { type MovingDatabase, openMovingDatabase } from "../support/moving-clock.ts";
import { housekeep, type NewJobFields, newJob, newTick, newTurn, success } from "../support/samples.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** The first of a partition's four days. */
const START = Date.parse("2030-03-02T00:00:00Z");
/** Two rounds of the ring. */
const DAYS = 96;
const WORKER = randomUUID();

/** What the queue has been asked for, and what it has done with it. */
interface Life {
  readonly job: NewJob;
  /** By how many days the clock was ahead that made its id. */
  readonly skew: number;
  finishedAt: number | null;
  /** How often it puts itself off by a week before it succeeds. */
  deferrals: number;
}

/** A job, the clock that makes its id, and how often it puts itself off. */
type Asked = NewJobFields & { readonly skew?: number; readonly deferrals?: number };

class History {
  readonly lives = new Map<string, Life>();
  readonly #database: MovingDatabase;
  readonly #retentionDays: number;
  readonly #ids: (() => string)[];

  constructor(database: MovingDatabase, retentionDays: number) {
    this.#database = database;
    this.#retentionDays = retentionDays;
    this.#ids = [-1, 0, 1].map((days) => createIdSource({ now: () => database.now() + days * DAY }));
  }

  /** An id made by a clock that is so many days ahead. */
  id(skew: number): string {
    return this.#ids[skew + 1]?.() ?? "";
  }

  async enqueue(...asked: readonly Asked[]): Promise<void> {
    const jobs = asked.map(({ skew = 0, deferrals = 0, ...more }) => {
      const job = newJob({ id: this.id(skew), ...more });
      this.lives.set(job.id, { job, skew, finishedAt: null, deferrals });
      return job;
    });
    const replies = await this.#database.store.enqueue(jobs);
    assert.ok(replies.every(({ outcome }) => outcome === "enqueued"));
  }

  /** Every id that lives, or finished within the retention, is sent once more. */
  async repeat(): Promise<void> {
    const since = this.#database.now() - this.#retentionDays * DAY + HOUR;
    const known = [...this.lives.values()].filter(({ finishedAt }) => finishedAt === null || finishedAt > since);
    const replies = await this.#database.store.enqueue(known.map(({ job }) => job));
    assert.deepEqual(
      replies.filter(({ outcome }) => outcome !== "duplicate"),
      [],
      "an id was accepted twice",
    );
  }

  /** Claims all that can be claimed, and settles it. */
  async run(): Promise<void> {
    const turn = newTurn({ workerId: WORKER, claimId: this.id(0), slots: 500, queues: ["default", "paused"] });
    const { jobs } = await this.#database.store.turn(turn);
    const settle = jobs.map(({ id }): Settlement => {
      const life = this.lives.get(id);
      assert.equal(life?.finishedAt, null, "an id runs twice");
      const now = this.#database.now();
      if (life.deferrals > 0) {
        life.deferrals--;
        return success(id, turn.claimId, { outcome: "deferred", retryInMs: 7 * DAY, countsAsAttempt: false });
      }
      life.finishedAt = now;
      return success(id, turn.claimId);
    });
    const { rejections } = await this.#database.store.turn(newTurn({ workerId: WORKER, slots: 0, settle }));
    assert.deepEqual(rejections, []);
    if (jobs.length === turn.slots) await this.run();
  }

  async keepHouse(): Promise<void> {
    for (;;) {
      const { more, failed } = await housekeep(this.#database, this.#retentionDays, 1_000);
      assert.deepEqual(failed, []);
      if (!more) return;
    }
  }

  /** Results stay for the retention, and go at most `slackMs` later than they may. */
  async checkResults(slackMs: number): Promise<void> {
    const rows = await this.#database.sql<{ id: string; far: boolean; ms: string }>(
      `select id, partition = mayfly.far() as far, (extract(epoch from finished_at) * 1000)::bigint::text as ms
       from mayfly.result where outcome <> 'deferred'`,
    );
    const kept = new Map(rows.map((row) => [row.id, row]));
    assert.equal(kept.size, rows.length, "an id has two results");
    const now = this.#database.now();
    const least = now - this.#retentionDays * DAY;
    for (const [id, { finishedAt, skew }] of this.lives) {
      const row = kept.get(id);
      if (finishedAt === null) assert.equal(row, undefined, "a job that lives has a last result");
      else if (finishedAt > least + HOUR) assert.ok(row, `a result of ${new Date(finishedAt).toISOString()} went before its retention`);
      else if (row) {
        // An id from a clock that is ahead lies in a partition whose days end later.
        const most = row.far ? 0 : 6 + Math.max(skew, 0);
        assert.ok(finishedAt > least - most * DAY - slackMs, `a result of ${new Date(finishedAt).toISOString()} is left, far: ${row.far}`);
      }
    }
  }

  /** Of whatever is stored, somebody may still ask. */
  async checkJobs(): Promise<void> {
    const leaked = await this.#database.sql(
      `select j.id from mayfly.job j
       where not exists (select from mayfly.live l where l.id = j.id and l.partition = j.partition)
         and not exists (select from mayfly.result r where r.id = j.id and r.partition = j.partition)`,
    );
    assert.deepEqual(leaked, [], "jobs that neither live nor have results");
    const deferred = await this.#database.sql(
      "select id from mayfly.result where partition <> mayfly.far() and finished_at < now() - $1 * interval '1 day' - interval '1 hour'",
      [this.#retentionDays + 7],
    );
    assert.deepEqual(deferred, [], "results of earlier attempts are left");
  }
}

/** A day; an hour from the midnights on at which the first partition ends, closes, and is past each retention. */
function stepAt(hour: number): number {
  const day = Math.floor(hour / 24);
  if (![4, 6, 7, 13, 36].includes(day)) return DAY;
  return hour % 24 < 3 ? HOUR : DAY - (hour % 24) * HOUR;
}

async function liveThrough(database: MovingDatabase, retentionDays: number): Promise<void> {
  await database.set(START);
  const history = new History(database, retentionDays);
  const { store, sql } = database;
  await sql("insert into mayfly.queue (name, paused_at) values ('paused', now())");

  let at = START;
  const pass = async (step: number) => {
    await history.run();
    assert.equal((await store.tick(newTick({ workerId: WORKER }))).lost, 0);
    await history.keepHouse();
    await history.repeat();
    await history.checkResults(step + HOUR);
    await history.checkJobs();
    at += step;
    await database.set(at);
  };

  while (at < START + DAYS * DAY) {
    const hour = Math.round((at - START) / HOUR);
    await history.enqueue({ skew: -1 }, { skew: 0 }, { skew: 1 }, { id: randomUUID() });
    if (hour % (8 * 24) === 0) {
      await history.enqueue(
        { delayMs: 20 * DAY },
        { delayMs: 50 * DAY, key: `k${hour}`, skew: 1 },
        { deferrals: 5, skew: -1 },
        { deferrals: 3, id: randomUUID() },
        { queue: "paused" },
      );
    }
    // A queue that was paused for longer than a round of the ring.
    if (hour === 60 * 24) await sql("delete from mayfly.queue");
    await pass(stepAt(hour));
  }

  for (let day = 0; day < 52; day += 2) await pass(2 * DAY);
  assert.deepEqual(
    [...history.lives.values()].filter(({ finishedAt }) => finishedAt === null),
    [],
    "every job has run",
  );
  await database.set(at + (retentionDays + 8) * DAY);
  await history.keepHouse();
  for (const table of ["job", "ready", "scheduled", "running", "result", "held_key", "cancel"]) {
    assert.deepEqual(await sql(`select * from mayfly.${table}`), [], table);
  }
}

for (const [version, retentionDays] of [
  [15, 1],
  [18, 30],
] as const) {
  test(`two rounds of the ring with a retention of ${retentionDays} days, on Postgres ${version}`, async () => {
    const database = await openMovingDatabase(version);
    try {
      await liveThrough(database, retentionDays);
    } finally {
      await database.close();
    }
  });
}
