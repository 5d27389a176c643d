/**
 * Jobs with side effects, while all that they stand on is broken again and again: Postgres, its sessions, its disk, the network, the workers.
 * `npm run chaos` runs it longer, with workerd, and with every fault many times; see docs/guarantees.md.
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { until } from "../support/condition.ts";
import { fillPage } from "../support/fill-page.ts";
import { type Random, seeded } from "../support/random.ts";
import { END_SESSIONS, type Fault, faultsOf } from "./faults.ts";
import { judge, lookNow } from "./judge.ts";
import { type Producer, producer } from "./producer.ts";
import { type Recovery, reportOf } from "./report.ts";
import { startWorld, type World } from "./world.ts";

const { MAYFLY_CHAOS_SECONDS, MAYFLY_CHAOS_JOBS, MAYFLY_CHAOS_SEED, MAYFLY_CHAOS_WRITE } = process.env;
const SECONDS = Number(MAYFLY_CHAOS_SECONDS ?? 20);
const JOBS = Number(MAYFLY_CHAOS_JOBS ?? 400);
const SEED = Number(MAYFLY_CHAOS_SEED ?? Date.now() % 1e9);
/** In the suite, where workerd has tests of its own, starting it would take as long as all the rest. */
const LONG = SECONDS >= 60;
const FAULT_MS = LONG ? 3_000 : 500;
/** While there are jobs to run, the first result comes within this time after the end of a fault. */
const LATEST_MS = 60_000;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test(`${JOBS} jobs in a chaos of ${SECONDS} s: each ends, none is accepted twice, no side effect is without a result`, async (t) => {
  t.diagnostic(`seed ${SEED}`);
  const random = seeded(SEED);
  const world = await startWorld(random, { withWorkerd: LONG });
  const jobs = producer(world.url, random);
  try {
    await rage(t, world, jobs, random);
  } catch (error) {
    for (const program of [...world.containers, ...(world.workerd ? [world.workerd] : [])]) t.diagnostic(program.output());
    throw error;
  } finally {
    await jobs.close();
    await world.close();
  }
});

async function rage(t: TestContext, world: World, jobs: Producer, random: Random): Promise<void> {
  const begin = performance.now();
  const violations = new Set<string>();
  const recoveries = new Map<string, Recovery[]>();
  const looking = new AbortController();
  const look = keepLooking(world, violations, looking.signal);
  let producing = true;
  const produced = jobs.produce(JOBS, SECONDS * 1_000).finally(() => {
    producing = false;
  });
  try {
    // Until the first job has run, nothing can be broken.
    await until(() => world.sink.ended.size > 0);
    while (producing || recoveries.size === 0) {
      for (const fault of shuffled(faultsOf(world, random), random)) {
        const took = await happen(t, world, fault, { random, isProducing: () => producing });
        recoveries.set(fault.name, [...(recoveries.get(fault.name) ?? []), took]);
        if (LONG && !producing) break;
      }
    }
    await produced;
    await until(async () => (await live(world)) === 0);
  } finally {
    looking.abort();
    await look;
  }

  const { wrong, counts } = await judge(world, jobs);
  const leftOut = world.disk ? [] : ["A full disk was left out: this process may not mount a small one."];
  const shown = {
    command: `npm run chaos -- --seconds ${SECONDS} --jobs ${JOBS}`,
    seconds: Math.round((performance.now() - begin) / 1_000),
    counts: {
      ...counts,
      ...Object.fromEntries([...jobs.refused].map(([reason, n]) => [`enqueues that failed with ${reason}, and were asked again`, n])),
    },
    recoveries: new Map([...recoveries].toSorted(([a], [b]) => a.localeCompare(b))),
    leftOut,
  };
  t.diagnostic(reportOf(shown));
  assert.deepEqual([...violations, ...wrong], []);
  for (const program of world.containers) assert.equal(program.ended(), 0, `a container ended by itself:\n${program.output()}`);
  if (MAYFLY_CHAOS_WRITE) fillPage(join(import.meta.dirname, "../../docs/guarantees.md"), "chaos", reportOf(shown));
}

/** Lets it happen, and waits until it is over for the queue, too. */
async function happen(
  t: TestContext,
  world: World,
  fault: Fault,
  { random, isProducing }: { readonly random: Random; readonly isProducing: () => boolean },
): Promise<Recovery> {
  t.diagnostic(`${new Date().toISOString()} ${fault.name}`);
  await fault.begin();
  if (fault.lasts) await pause(FAULT_MS * (0.5 + random.next()));
  await fault.end();
  const end = performance.now();
  const { n: before, running } = await ask<Seen>(world, SEEN);
  let firstMs = Number.NaN;
  for (
    let seen: Seen | undefined;
    seen === undefined || Number.isNaN(firstMs) || running.some((claim) => seen?.running.includes(claim));
  ) {
    assert.ok(performance.now() - end < LATEST_MS, `the queue did not go on within a minute after: ${fault.name}`);
    await pause(20);
    seen = await ask<Seen>(world, SEEN);
    // Where all jobs have ended, there is no result to wait for.
    if (Number.isNaN(firstMs) && (seen.n > before || (seen.live === 0 && !isProducing()))) firstMs = performance.now() - end;
  }
  const allMs = performance.now() - end;
  t.diagnostic(
    `${new Date().toISOString()} a result again after ${Math.round(firstMs)} ms, all that ran have ended after ${Math.round(allMs)} ms`,
  );
  await pause(LONG ? 1_000 : 100);
  return { firstMs, allMs };
}

interface Seen {
  /** Results there are. */
  readonly n: number;
  readonly live: number;
  /** Attempts under way. */
  readonly running: readonly string[];
}

const SEEN =
  "select (select count(*)::int from mayfly.result) as n, (select count(*)::int from mayfly.live) as live, array(select r.id || ' ' || r.claim_id from mayfly.running r) as running";

/** A restart may cut even the connections of those who watch. */
async function ask<Row extends object>({ calm }: World, text: string): Promise<Row> {
  return await until(async () => {
    const [row] = await calm.sql<Row>(text).catch(() => []);
    return row;
  });
}

const live = async (world: World) => (await ask<{ n: number }>(world, "select count(*)::int as n from mayfly.live")).n;

/** Looks all the time; and, in a long chaos, ends every session of the app every few seconds, whatever else is wrong. */
async function keepLooking({ calm }: World, violations: Set<string>, signal: AbortSignal): Promise<void> {
  for (let nth = 1; !signal.aborted; nth++) {
    if (LONG && nth % 40 === 0) await calm.sql(END_SESSIONS).catch(() => {});
    for (const what of await lookNow(calm).catch(() => [])) violations.add(what);
    await pause(100);
  }
}

function shuffled<T>(list: readonly T[], random: Random): T[] {
  return list
    .map((value) => ({ value, place: random.next() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ value }) => value);
}
