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
/** A cron comes each minute, and takes an alarm for lost that is 2 s late; rescues, a minute after the end of a lease, are put together for up to 5 s. */
const CRON_MS = MINUTE + 5_000 + NETWORK_MS;
/** Six hours after whoever looked last has ended, whose jobs run for five minutes. */
const SAFETY_MS = SETTINGS.safetyMs + 5 * MINUTE + CRON_MS;

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

const KILLED = { killedBeforeWrite: 0.2, killedAfterWrite: 0.2, consumersKilled: 0.2 };
const LOST = { lost: { wake: 0.2, settle: 0.2, ask: 0.2 }, doubled: 0.2, late: 0.2, lateMs: 20_000, alarmsLost: 0.2 };

describe("with faults nothing lies for longer than a cron's interval", () => {
  const cases: Record<string, { readonly faults: Faults; readonly ledgers?: number }> = {
    "settles are lost": { faults: { lost: { settle: 0.5 } } },
    "asks are lost": { faults: { lost: { ask: 0.5 } } },
    "messages are doubled": { faults: { doubled: 0.5 } },
    "messages are up to 20 s late and overtake one another": { faults: { late: 0.5, lateMs: 20_000 } },
    "enqueuers are gone before they write": { faults: { killedBeforeWrite: 0.5 } },
    "enqueuers are gone once they have written": { faults: { killedAfterWrite: 0.5 } },
    "lanes and draining enqueuers are gone before they begin, or while jobs run": { faults: { consumersKilled: 0.3 } },
    "no ledger can be reached": { faults: { down: { from: 0, to: DAY } } },
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

describe("what no ledger has heard of waits for the look without a cause", () => {
  const cases: Record<string, { readonly faults?: Faults; readonly drains?: boolean | undefined }> = {
    "jobs by plain SQL": { drains: undefined },
    "all wakes are lost": { faults: { lost: { wake: 1 } } },
    "no ledger could be reached for a while": { faults: { down: { from: HOUR, to: HOUR + 20 * MINUTE } } },
  };
  for (const [what, { faults, ...options }] of Object.entries(cases)) {
    test(what, () => {
      const drains = "drains" in options ? fc.constant(options.drains) : either;
      fc.assert(
        fc.property(enqueues(6, drains), seed, (plans, seed) => {
          const world = run({ seed, ...(faults ? { faults } : {}) }, plans, 4 * DAY);
          assertAllRan(world);
          assertSoon(world, SAFETY_MS);
        }),
        PARAMETERS,
      );
    });
  }

  test("of those by plain SQL only the first: once there are such jobs, each cron looks for a day", () => {
    const plain = (at: number) => ({ at, drains: undefined, writeMs: 10, jobs: [{ delayMs: 0, runMs: 10, retries: 0, retryInMs: 0 }] });
    const world = new ModelWorld();
    world.enqueue(plain(HOUR));
    world.events.runUntil(8 * HOUR);
    assert.equal(world.queue.longest.ms > HOUR, true);
    for (let hour = 8; hour < 24; hour += 1) world.enqueue(plain(hour * HOUR));
    const before = world.queue.longest.from;
    world.events.runUntil(DAY);
    assert.equal(world.queue.longest.from, before);
    assert.ok(world.queue.isDone);
    assert.ok(world.queue.looks > 15 * 60);
  });
});

test("whatever goes wrong at once, no job is lost, and no ledger starts more lanes than allowed", () => {
  const clock = fc.record({ at: fc.integer({ min: HOUR, max: 2 * HOUR }), byMs: fc.constantFrom(-HOUR, HOUR) });
  const forget = fc.array(fc.integer({ min: HOUR, max: 3 * HOUR }), { maxLength: 3 });
  fc.assert(
    fc.property(enqueues(6, fc.constantFrom(true, false, undefined)), seed, clock, forget, fc.integer({ min: 1, max: 2 }), (...given) => {
      const [plans, seed, clock, forget, ledgers] = given;
      const down = { from: HOUR + 10 * MINUTE, to: HOUR + 12 * MINUTE };
      const world = run({ seed, ledgers, faults: { ...KILLED, ...LOST, clock, forget, down } }, plans, 8 * DAY);
      assertAllRan(world);
      for (const { mostLanes } of world.ledgers) assert.ok(mostLanes <= SETTINGS.lanes);
    }),
    PARAMETERS,
  );
});

describe("no look without a cause", () => {
  const one = (plan: Partial<JobPlan> = {}): JobPlan => ({ delayMs: 0, runMs: 100, retries: 0, retryInMs: 0, ...plan });

  test("an idle day has the look of the first cron, and then one each six hours", () => {
    const world = new ModelWorld();
    world.events.runUntil(DAY - 1);
    assert.equal(world.queue.looks, 4);
  });

  /** Looks from the second hour to the third, in which no ledger looks for itself. */
  function looksFor(enqueues: readonly Omit<Enqueue, "at">[], settings = {}): ModelWorld["started"] & { readonly looks: number } {
    const world = new ModelWorld({ settings });
    world.events.runUntil(HOUR);
    const before = world.queue.looks;
    for (const [nth, plan] of enqueues.entries()) world.enqueue({ ...plan, at: HOUR + 5_000 + nth });
    world.events.runUntil(2 * HOUR);
    assertAllRan(world);
    const { lane, enqueuer, cron } = world.started;
    return { looks: world.queue.looks - before, lane, enqueuer, cron: cron - 1 };
  }

  for (const { what, jobs, drains, expected } of [
    { what: "sixty idle crons ask nothing", jobs: [], drains: true, expected: { looks: 0, lane: 0, enqueuer: 0, cron: 0 } },
    {
      what: "a job that its enqueuer runs starts no lane",
      jobs: [one()],
      drains: true,
      expected: { looks: 2, lane: 0, enqueuer: 1, cron: 0 },
    },
    {
      what: "a job that its enqueuer does not run starts one",
      jobs: [one()],
      drains: false,
      expected: { looks: 2, lane: 1, enqueuer: 0, cron: 0 },
    },
    {
      what: "so does a delayed one",
      jobs: [one({ delayMs: 90_000 })],
      drains: true,
      expected: { looks: 2, lane: 1, enqueuer: 0, cron: 0 },
    },
    {
      what: "and a retry",
      jobs: [one({ retries: 1, retryInMs: 90_000 })],
      drains: true,
      expected: { looks: 4, lane: 1, enqueuer: 1, cron: 0 },
    },
  ]) {
    test(what, () => assert.deepEqual(looksFor(jobs.length > 0 ? [{ jobs, drains, writeMs: 20 }] : []), expected));
  }

  for (const drains of [true, false]) {
    test(`two hundred enqueues at once that ${drains ? "drain" : "do not drain"} themselves lead to at most ten lanes`, () => {
      const plans = Array.from({ length: 200 }, () => ({ jobs: [one({ runMs: 200 })], drains, writeMs: 20 }));
      const { lane, cron } = looksFor(plans, { lanes: 32 });
      assert.ok(lane <= 10, `${lane} lanes`);
      assert.equal(cron, 0);
    });
  }
});

test("a burst has as many lanes as it fills, and none is idle while it lasts", () => {
  const world = new ModelWorld();
  const jobs = Array.from({ length: 2_000 }, () => ({ delayMs: 0, runMs: 200, retries: 0, retryInMs: 0 }));
  world.enqueue({ at: HOUR, jobs, drains: true, writeMs: 50 });
  world.runUntilDone(HOUR + 20_000);
  assertAllRan(world);
  assert.equal(world.mostLanes, SETTINGS.lanes);
});
