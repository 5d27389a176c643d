/**
 * A ledger that lanes and a container share, in virtual time, with what can go wrong. Each has jobs that only it runs.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { drive, QUIET } from "./driver.ts";
import type { JobPlan } from "./model-queue.ts";
import { DAY, type Enqueue, HOUR, MINUTE, ModelWorld, type WorldOptions } from "./model-world.ts";
import { finds } from "./mutant.ts";
import type { Faults } from "./weather.ts";

/** As of `model.test.ts`. */
const NETWORK_MS = 100;
const CRON_MS = MINUTE + 5_000 + NETWORK_MS;
/** A lease of 30 s is longer than what others notice within a cron's interval. */
const LEASE_MS = 30_000;

const job: fc.Arbitrary<JobPlan> = fc.record({
  delayMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 20 * MINUTE })),
  runMs: fc.oneof(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 5 * MINUTE })),
  retries: fc.constantFrom(0, 0, 1),
  retryInMs: fc.integer({ min: 0, max: 5 * MINUTE }),
  place: fc.constantFrom("container", undefined),
});
const enqueues: fc.Arbitrary<Enqueue[]> = fc.array(
  fc.record({
    at: fc.integer({ min: HOUR, max: 2 * HOUR }),
    jobs: fc.array(job, { minLength: 1, maxLength: 6 }),
    drains: fc.boolean(),
    writeMs: fc.integer({ min: 1, max: 500 }),
  }),
  { minLength: 1, maxLength: 12 },
);
const PARAMETERS = { seed: 20_260_101, numRuns: Number(process.env.MAYFLY_MODEL_RUNS ?? 60) };

function run(options: WorldOptions, plans: readonly Enqueue[], end = DAY): ModelWorld {
  const world = new ModelWorld({ container: {}, ...options });
  for (const plan of plans) world.enqueue(plan);
  world.runUntilDone(end);
  return world;
}

function assertAllRan({ queue }: ModelWorld, ms: number): void {
  for (const { state, claims, failures, rescues, plan } of queue.jobs)
    assert.deepEqual({ state, failures, claims }, { state: "done", failures: plan.retries, claims: 1 + failures + rescues });
  assert.ok(queue.longest.ms <= ms, `from ${queue.longest.from} jobs lay for ${queue.longest.ms} ms`);
}

test("without faults nothing ready or due lies for more than 2 s, wherever it is run", () => {
  fc.assert(
    fc.property(enqueues, fc.nat(), (plans, seed) => assertAllRan(run({ seed }, plans), 2_000 + NETWORK_MS)),
    PARAMETERS,
  );
});

describe("with faults nothing lies for longer than a cron's interval, nor a lost container's jobs for a lease more", () => {
  const kills = Array.from({ length: 6 }, (_, nth) => HOUR + nth * 7 * MINUTE + 1_234);
  const cases: Record<
    string,
    { readonly faults?: Faults; readonly container?: { readonly killAt: readonly number[] }; readonly ms?: number }
  > = {
    "the container is killed, and back minutes later": { container: { killAt: kills }, ms: LEASE_MS + CRON_MS },
    "settles are lost": { faults: { lost: { settle: 0.5 } } },
    "messages are doubled": { faults: { doubled: 0.5 } },
    "enqueuers are gone once they have written": { faults: { killedAfterWrite: 0.5 } },
    "no alarm ever comes": { faults: { alarmsLost: 1 } },
    "alarms are an hour late": { faults: { alarmLateMs: HOUR } },
    "ledgers forget all": { faults: { forget: [HOUR + 1_000, HOUR + 30_000, HOUR + 5 * MINUTE, HOUR + 40 * MINUTE] } },
  };
  for (const [what, { ms = CRON_MS, ...options }] of Object.entries(cases)) {
    test(what, () => {
      fc.assert(
        fc.property(enqueues, fc.nat(), (plans, seed) => assertAllRan(run({ seed, ...options }, plans), ms)),
        PARAMETERS,
      );
    });
  }
});

test("an idle day has no look but those without a cause, once the container rests", () => {
  const world = new ModelWorld({ container: {} });
  world.events.runUntil(HOUR);
  const before = world.queue.looks;
  world.events.runUntil(DAY - 1);
  const looks = world.queue.looks - before;
  // A lane, and the container that is called with it.
  assert.ok(looks <= 2 * 4, `${looks} looks`);
});

describe("faults that are found", () => {
  finds(
    "what is due, and was made ready by a look for others, is left to an alarm or a cron",
    { of: "on-settle.ts", from: "(state.nextAt ?? now) - now > DUE_MS", to: "true" },
    (reduce) => {
      const driver = drive({ ...QUIET, nextAt: QUIET.epoch }, { callees: 1 }, reduce);
      driver.wake({ ready: 0, lease: { consumer: "container-1", forMs: 45_000 } });
      driver.now += 50;
      driver.settle("container-1", driver.state.epoch);
      assert.equal(driver.alarmAt, QUIET.epoch);
    },
  );

  const later = {
    at: HOUR,
    drains: true,
    writeMs: 20,
    jobs: [{ delayMs: 10_000, runMs: 100, retries: 0, retryInMs: 0, place: "container" }],
  } as const;

  finds(
    "a cron that looks in place of an alarm has the container called",
    { of: "on-ask.ts", from: 'cause !== "left" && cause !== "deployment"', to: "false" },
    (reduce) => assertAllRan(run({ reduce, faults: { alarmsLost: 1 } }, [later]), CRON_MS),
  );

  finds(
    "the container is called with each start of lanes",
    {
      of: "start-lanes.ts",
      from: "return callAll(started, lanes, cause, now, settings);",
      to: "return { state: started, starts: lanes.map((lane) => ({ lane, epoch: state.epoch, cause })) };",
    },
    (reduce) => assertAllRan(run({ reduce }, [later]), CRON_MS),
  );
});
