/**
 * Fifty producers on few keys, among workers that retry, defer and die: a key is held once, a limit and a rule are kept.
 * `MAYFLY_RACE_ROUNDS` (2) and `MAYFLY_RACE_SEED` set another crowd.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { systemClock } from "../../src/app/system-clock.ts";
import { isMayflyError } from "../../src/base/errors.ts";
import { createJobs } from "../../src/enqueue/jobs.ts";
import { defineJob } from "../../src/job/job-definition.ts";
import type { PostgresVersion } from "../support/postgres-binaries.ts";
import { newId, newJob } from "../support/samples.ts";
import { LIMITS } from "../support/worker.ts";
import { among, type Crowd, inCrowd } from "./crowd.ts";

const PRODUCERS = 50;
const ROUNDS = Number(process.env.MAYFLY_RACE_ROUNDS ?? 2);
/** Fifty that queue for one key may wait for longer than a call does, on a machine that is busy with other things; it is made again. */
const WAITED = "55P03";
const SEED = Number(process.env.MAYFLY_RACE_SEED ?? Date.now() % 1e9);

/** What each producer was told, in all. One that was refused mostly waits until something may have changed: then all come at once. */
function produce<T>(
  crowd: Crowd,
  rounds: number,
  once: (producer: number, round: number) => Promise<T>,
): { calls: Promise<void>[]; told: T[] } {
  const told: T[] = [];
  const calls = Array.from({ length: PRODUCERS }, async (_, producer) => {
    for (let round = 0; round < rounds; round++) {
      const outcome = await once(producer, round);
      told.push(outcome);
      if (outcome !== "enqueued" && crowd.random.chance(0.8)) await crowd.stirs();
    }
  });
  return { calls, told };
}

/** No more than `most` live jobs of any name and key, whenever one looks. */
function watch({ database }: Crowd, most: number): { look: () => Promise<void>; seen: { highest: number } } {
  const seen = { highest: 0 };
  const look = async () => {
    const [row] = await database.sql<{ n: number }>(
      "select coalesce(max(n), 0)::int as n from (select count(*) as n from mayfly.live where ended is not true group by name, held_key) x",
    );
    seen.highest = Math.max(seen.highest, row?.n ?? 0);
    assert.ok(seen.highest <= most, `${seen.highest} live jobs of one key, ${most} at most`);
  };
  return { look, seen };
}

const countOutcomes = (outcomes: readonly string[]) =>
  Object.fromEntries([...Map.groupBy(outcomes, String)].map(([key, all]) => [key, all.length]));

for (const version of [18, 15] satisfies PostgresVersion[]) {
  describe(`${PRODUCERS} producers on few keys, Postgres ${version}`, () => {
    test("an exclusive key is never held by two jobs, and who is blocked is told the holder", async (t) => {
      await inCrowd(version, SEED, async (crowd) => {
        const keyOf = new Map<string, string>();
        const { calls, told } = produce(crowd, ROUNDS * 4, async () => {
          const key = crowd.random.pick(["k1", "k2", "k3"]);
          const job = newJob({ key, retries: crowd.random.below(4), idempotent: crowd.random.chance(0.5) });
          keyOf.set(job.id, key);
          const asked = performance.now();
          const [reply] = await crowd.store.enqueue([job]);
          assert.ok(reply);
          if (reply.outcome === "blocked") {
            const holder = reply.existingId ?? "";
            assert.equal(keyOf.get(holder), key, `blocked by ${holder || "nobody"}`);
            assert.ok((crowd.endedAt.get(holder) ?? Number.POSITIVE_INFINITY) > asked, "its holder had not ended before");
          }
          return reply.outcome;
        });
        const { look } = watch(crowd, 1);
        await among(crowd, ["work"], calls, look);
        t.diagnostic(`seed ${SEED}, ${JSON.stringify(countOutcomes(told))}, ${crowd.deaths.count} workers died`);
        assert.deepEqual(
          crowd.states.filter((state) => state !== WAITED),
          [],
        );
        assert.deepEqual(Object.keys(countOutcomes(told)).sort(), ["blocked", "enqueued"]);
        await eachEndedOnce(crowd, told.filter((outcome) => outcome === "enqueued").length);
      });
    });

    test("a limit of live jobs is never exceeded", async (t) => {
      await inCrowd(version, SEED, async (crowd) => {
        const { calls, told } = produce(crowd, ROUNDS, async () => {
          const job = newJob({
            key: crowd.random.pick(["k1", "k2"]),
            limit: 3,
            retries: crowd.random.below(3),
            idempotent: crowd.random.chance(0.5),
          });
          const [reply] = await crowd.store.enqueue([job]);
          return reply?.outcome ?? "";
        });
        const { look, seen } = watch(crowd, 3);
        await among(crowd, ["work"], calls, look);
        t.diagnostic(`seed ${SEED}, ${JSON.stringify(countOutcomes(told))}, ${crowd.deaths.count} workers died`);
        assert.equal(seen.highest, 3);
        assert.deepEqual(
          crowd.states.filter((state) => state !== WAITED),
          [],
        );
        assert.deepEqual(Object.keys(countOutcomes(told)).sort(), ["enqueued", "limited"]);
        await eachEndedOnce(crowd, told.filter((outcome) => outcome === "enqueued").length);
      });
    });

    test("a rule of one's own is never overshot, and is asked five times at most", async (t) => {
      await inCrowd(version, SEED, async (crowd) => {
        const asked = new Map<string | null, number>();
        const jobs = createJobs({ store: crowd.store, limits: LIMITS, ids: { newId, clock: systemClock } });
        const { calls, told } = produce(crowd, ROUNDS, async (producer, round) => {
          const call = `${producer}/${round}`;
          const work = defineJob<"work", { k: string }>("work", {
            concurrencyKey: ({ k }) => k,
            retries: crowd.random.below(3),
            shouldEnqueue: ({ pending, running }) => {
              asked.set(call, (asked.get(call) ?? 0) + 1);
              return pending + running < 3;
            },
          });
          const outcome = await jobs.enqueue(work, { k: crowd.random.pick(["k1", "k2"]) }).then(
            (result) => result.outcome,
            (error: unknown) => {
              if (isMayflyError(error, "contended")) return "contended";
              throw error;
            },
          );
          const times = asked.get(call) ?? 0;
          assert.ok(outcome === "contended" ? times === 5 : times >= 1 && times <= 5, `${outcome} after ${times}`);
          return outcome;
        });
        const { look, seen } = watch(crowd, 3);
        await among(crowd, ["work"], calls, look);
        const again = [...asked.values()].filter((times) => times > 1).length;
        t.diagnostic(`seed ${SEED}, ${JSON.stringify(countOutcomes(told))}, ${again} asked again, ${crowd.deaths.count} workers died`);
        assert.equal(seen.highest, 3);
        assert.deepEqual(
          crowd.states.filter((state) => state !== WAITED),
          [],
        );
        assert.ok(told.every((outcome) => ["enqueued", "skipped", "contended"].includes(outcome)));
        await eachEndedOnce(crowd, told.filter((outcome) => outcome === "enqueued").length);
      });
    });

    test("batches with their keys in opposite orders neither deadlock nor let a key or a limit slip", async (t) => {
      await inCrowd(version, SEED, async (crowd) => {
        const { random } = crowd;
        const { calls, told } = produce(crowd, Math.ceil(ROUNDS / 2), async (producer) => {
          const keys = Array.from({ length: 8 }, (_, n) => `k${n}`);
          const batch = keys.flatMap((key) => [
            newJob({ name: "one", key, retries: random.below(2) }),
            newJob({ name: "few", key, limit: 2 }),
            newJob({ name: "rule", key, expect: { pending: 0, running: 1 } }),
          ]);
          const replies = await crowd.store.enqueue(producer % 2 === 0 ? batch : batch.reverse());
          return replies.map(({ outcome }) => outcome);
        });
        const { look } = watch(crowd, 2);
        await among(crowd, ["one", "few", "rule"], calls, look);
        t.diagnostic(`seed ${SEED}, ${JSON.stringify(countOutcomes(told.flat()))}, ${crowd.deaths.count} workers died`);
        assert.deepEqual(
          crowd.states.filter((state) => state !== WAITED),
          [],
        );
        await eachEndedOnce(crowd, told.flat().filter((outcome) => outcome === "enqueued").length);
      });
    });
  });
}

async function eachEndedOnce({ database }: Crowd, jobs: number): Promise<void> {
  const [row] = await database.sql(
    "select count(distinct id)::int as jobs, count(*) filter (where retry_at is null)::int as ends from mayfly.result",
  );
  assert.deepEqual(row, { jobs, ends: jobs });
}
