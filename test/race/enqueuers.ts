/**
 * Producers: single jobs and batches of every kind; now and then one that went in before.
 * @module
 */
import type { NewJob } from "../../src/store/new-job.ts";
import { newJob } from "../support/samples.ts";
import { foreignId, insist, LIMIT, pause, QUEUES, type Race, RUNNING_LIMIT } from "./stage.ts";

export async function enqueuer(race: Race): Promise<void> {
  const { random, ledger, store, driver } = race;
  const recent: NewJob[] = [];
  while (race.running()) {
    const alike = random.chance(0.3) ? plainJob(race) : null;
    const jobs = Array.from({ length: random.pick([1, 1, 5, 20]) }, () => {
      const known = recent[random.below(recent.length)];
      if (known && random.chance(0.03)) return known;
      return alike ? { ...alike, id: race.newId() } : makeJob(race);
    });
    // One of another day may have been removed by the time it is sent again.
    recent.push(...jobs.filter(({ id }) => !ledger.foreign.has(id)));
    recent.splice(0, recent.length - 300);
    const replies = await insist(race, () => store.enqueue(jobs));
    for (const { id } of jobs) if (driver.copied.has(id)) ledger.doubled.add(id);
    if (replies.length !== jobs.length) ledger.violations.push("an enqueue answered another number of jobs");
    replies.forEach((reply, index) => {
      const job = jobs[index];
      if (reply.id !== job?.id) ledger.violations.push("an enqueue answered out of order");
      // A repeat within the call is a duplicate of whatever became of the first, also where that one was refused.
      const repeats = jobs.findIndex(({ id }) => id === reply.id) < index;
      if (!repeats) ledger.tell(reply.id, job?.name ?? "", reply.outcome);
      else if (reply.outcome !== "duplicate") ledger.violations.push(`${reply.id}, twice in a call, was told ${reply.outcome}`);
    });
    await pause(random.below(60));
  }
}

/** Such as most are: of its like, many go in with one cheap statement. */
function plainJob({ random, newId }: Race): NewJob {
  return newJob({
    id: newId(),
    name: "plain",
    queue: random.pick(QUEUES),
    priority: random.pick([0, 0, 0, 5, -3]),
    retries: random.below(3),
    idempotent: random.chance(0.3),
    payload: { n: random.below(1e6), ...(random.chance(0.03) ? { pad: "x".repeat(9_000) } : {}) },
  });
}

export function makeJob(race: Race): NewJob {
  const { random, ledger } = race;
  const plain = {
    ...plainJob(race),
    ...(random.chance(0.08) ? { id: foreignId(race) } : {}),
    delayMs: random.chance(0.15) ? random.below(800) : null,
    ...(random.chance(0.1) ? expiry(race) : {}),
  };
  const job = { ...plain, ...kindOf(random.next(), race) };
  ledger.keys.set(job.id, `${job.name}|${job.key ?? ""}`);
  return job;
}

function kindOf(dice: number, { random }: Race): Partial<NewJob> {
  if (dice < 0.2) return { name: "keyed", key: `k${random.below(20)}` };
  if (dice < 0.28) return { name: "limited", key: `l${random.below(4)}`, limit: LIMIT };
  if (dice < 0.33) return { name: "counted", key: `e${random.below(3)}`, expect: { pending: random.below(2), running: random.below(2) } };
  if (dice < 0.5) return { name: "capped", key: `c${random.below(5)}`, runningLimit: RUNNING_LIMIT };
  if (dice < 0.6) return { name: "hooked" };
  if (dice < 0.66) return { name: "hooked", key: `h${random.below(10)}` };
  if (dice < 0.72) return { name: "hooked", key: `r${random.below(3)}`, runningLimit: RUNNING_LIMIT };
  return dice < 0.74 ? { name: "unknown" } : {};
}

/** Long ago, soon, or soon after it is due. */
function expiry({ random }: Race): Partial<NewJob> {
  if (random.chance(0.2)) return { expiresAt: new Date(Date.now() - random.below(1e10)).toISOString() };
  if (random.chance(0.5)) return { expiresAt: new Date(Date.now() + random.below(600)).toISOString() };
  return { expiresMs: 1 + random.below(400) };
}
