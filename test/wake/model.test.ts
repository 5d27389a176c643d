/**
 * Ledgers and all who use them against a queue, in virtual time, with what can go wrong.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { JobPlan } from "./model-queue.ts";
import { DAY, type Enqueue, HOUR, MINUTE, ModelWorld, SETTINGS, type WorldOptions } from "./model-world.ts";
import type { Faults } from "./weather.ts";

/** Messages take up to 20 ms each way, and so does a lane's start. */
const NETWORK_MS = 100;
/** A cron comes each minute, and takes an alarm for lost that is 2 s late. */
const CRON_MS = MINUTE + 2_000 + NETWORK_MS;

const job: fc.Arbitrary<JobPlan> = fc.record({
  delayMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 30_000 }), fc.integer({ min: 1, max: 20 * MINUTE })),
  runMs: fc.oneof(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 5 * MINUTE })),
  retries: fc.constantFrom(0, 0, 0, 1, 3),
  retryInMs: fc.integer({ min: 0, max: 5 * MINUTE }),
});

/** In the second hour, so that the ledger knows of a look. */
function enqueues(most: number, drains: fc.Arbitrary<boolean | undefined>): fc.Arbitrary<Enqueue[]> {
  return fc.array(
    fc.record({
      at: fc.oneof(fc.integer({ min: HOUR, max: 2 * HOUR }), fc.integer({ min: HOUR, max: HOUR + 10_000 })),
      jobs: fc.array(job, { minLength: 1, maxLength: most }),
      drains,
      writeMs: fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 20_000 })),
    }),
    { minLength: 1, maxLength: 12 },
  );
}

function run(options: WorldOptions, plans: readonly Enqueue[], end = DAY): ModelWorld {
  const world = new ModelWorld(options);
  for (const plan of plans) world.enqueue(plan);
  world.runUntilDone(end);
  return world;
}

/** No job is lost, and none runs twice but after a failure or a rescue. */
function assertAllRan({ queue }: ModelWorld): void {
  for (const { state, claims, failures, rescues, plan } of queue.jobs) {
    assert.deepEqual({ state, failures, claims }, { state: "done", failures: plan.retries, claims: 1 + failures + rescues });
  }
}

function assertSoon({ queue }: ModelWorld, ms: number): void {
  assert.ok(queue.longest.ms <= ms, `from ${queue.longest.from} jobs lay for ${queue.longest.ms} ms`);
}

/** Fewer where a run takes long; the seed is fixed, so that a failure can be had again. */
const RUNS = Number(process.env.MAYFLY_MODEL_RUNS ?? 60);
const PARAMETERS = { seed: Number(process.env.MAYFLY_MODEL_SEED ?? 20_260_101), numRuns: RUNS };

const either = fc.boolean();
const seed = fc.nat();

describe("without faults", () => {
  test("nothing ready or due lies for more than 2 s while lanes are free, and no more lanes are at work than allowed", () => {
    fc.assert(
      fc.property(enqueues(30, fc.boolean()), seed, fc.integer({ min: 1, max: 8 }), (plans, seed, lanes) => {
        const world = run({ seed, settings: { lanes } }, plans);
        assertAllRan(world);
        assertSoon(world, 2_000 + NETWORK_MS);
        assert.ok(world.mostLanes <= lanes);
      }),
      PARAMETERS,
    );
  });

  test("without a burst, not for more than 1 s", () => {
    fc.assert(
      fc.property(fc.array(job, { minLength: 1, maxLength: 12 }), either, seed, (jobs, drains, seed) => {
        const plans = jobs.map((plan, nth) => ({ at: HOUR + nth * 10 * MINUTE, jobs: [plan], drains, writeMs: 20 }));
        const world = run({ seed }, plans);
        assertAllRan(world);
        assertSoon(world, 1_000 + NETWORK_MS);
      }),
      PARAMETERS,
    );
  });
});

describe("with faults nothing lies for longer than a cron's interval", () => {
  const cases: Record<string, { readonly faults: Faults; readonly ledgers?: number }> = {
    "settles are lost": { faults: { lost: { settle: 0.5 } } },
    "asks are lost": { faults: { lost: { ask: 0.5 } } },
    "messages are doubled": { faults: { doubled: 0.5 } },
    "messages are up to 20 s late and overtake one another": { faults: { late: 0.5, lateMs: 20_000 } },
    "enqueuers are gone before they write": { faults: { killedBeforeWrite: 0.5 } },
    "enqueuers are gone once they have written": { faults: { killedAfterWrite: 0.5 } },
    "lanes and draining enqueuers are gone before they begin, or while jobs run": { faults: { consumersKilled: 0.3 } },
    "ledgers forget all": { faults: { forget: [HOUR + 1_000, HOUR + 5_000, HOUR + 30_000, HOUR + 5 * MINUTE, HOUR + 40 * MINUTE] } },
    "there are two ledgers": { faults: {}, ledgers: 2 },
    "alarms are lost": { faults: { alarmsLost: 0.5 } },
    "no alarm ever comes": { faults: { alarmsLost: 1 } },
    "alarms are an hour late": { faults: { alarmLateMs: HOUR } },
    "the ledger's clock is set back by an hour": { faults: { clock: { at: HOUR + 7 * MINUTE, byMs: -HOUR } } },
    "the ledger's clock is set ahead by an hour": { faults: { clock: { at: HOUR + 7 * MINUTE, byMs: HOUR } } },
  };
  for (const [what, options] of Object.entries(cases)) {
    test(what, () => {
      fc.assert(
        fc.property(enqueues(6, either), seed, (plans, seed) => {
          const world = run({ seed, ...options }, plans);
          assertAllRan(world);
          assertSoon(world, CRON_MS);
          for (const { mostLanes } of world.ledgers) assert.ok(mostLanes <= SETTINGS.lanes);
        }),
        PARAMETERS,
      );
    });
  }
});
