/**
 * Producers: single jobs and batches of every kind; now and then one that went in before.
 * @module
 */
import type { NewJob } from "../../src/store/new-job.ts";
import { newJob } from "../support/samples.ts";
import { insist, LIMIT, pause, QUEUES, type Race, RUNNING_LIMIT } from "./stage.ts";

export async function enqueuer(race: Race): Promise<void> {
  const { random, ledger, store } = race;
  const recent: NewJob[] = [];
  while (race.phase === "running") {
    const jobs = Array.from({ length: random.pick([1, 1, 5, 20]) }, () => {
      const known = recent[random.below(recent.length)];
      if (known && random.chance(0.03)) return known;
      const job = makeJob(race);
      recent.push(job);
      if (recent.length > 300) recent.shift();
      return job;
    });
    const verdicts = await insist(race, () => store.enqueue(jobs));
    const request = store.enqueueStatement(jobs, false)[1][0];
    if (race.driver.copied.has(String(request))) for (const { id } of jobs) ledger.doubled.add(id);
    if (verdicts.length !== jobs.length) ledger.violations.push("an enqueue answered another number of jobs");
    verdicts.forEach((verdict, index) => {
      const job = jobs[index];
      if (verdict.id !== job?.id) ledger.violations.push("an enqueue answered out of order");
      ledger.tell(verdict.id, job?.name ?? "", verdict.outcome);
    });
    await pause(random.below(60));
  }
}

function makeJob(race: Race): NewJob {
  const { random } = race;
  const job = newJob({
    id: race.newId(),
    name: "plain",
    queue: random.pick(QUEUES),
    priority: random.pick([0, 0, 0, 5, -3]),
    retries: random.below(3),
    idempotent: random.chance(0.3),
    delayMs: random.chance(0.15) ? random.below(800) : null,
    payload: { n: random.below(1e6) },
    ...(random.chance(0.1) ? expiry(race) : {}),
  });
  const kind = random.next();
  if (kind < 0.2) return { ...job, name: "keyed", key: `k${random.below(20)}` };
  if (kind < 0.28) return { ...job, name: "limited", key: `l${random.below(4)}`, limit: LIMIT };
  if (kind < 0.33) {
    return { ...job, name: "counted", key: `e${random.below(3)}`, expect: { pending: random.below(2), running: random.below(2) } };
  }
  if (kind < 0.5) return { ...job, name: "capped", key: `c${random.below(5)}`, runningLimit: RUNNING_LIMIT };
  if (kind < 0.6) return { ...job, name: "hook_done" };
  if (kind < 0.66) return { ...job, name: "hook_done", key: `h${random.below(10)}` };
  if (kind < 0.72) return { ...job, name: "hook_done", key: `r${random.below(3)}`, runningLimit: RUNNING_LIMIT };
  if (kind < 0.74) return { ...job, name: "unknown" };
  return job;
}

/** Long ago, soon, or soon after it is due. */
function expiry({ random }: Race): Partial<NewJob> {
  if (random.chance(0.2)) return { expiresAt: new Date(Date.now() - random.below(1e10)).toISOString() };
  if (random.chance(0.5)) return { expiresAt: new Date(Date.now() + random.below(600)).toISOString() };
  return { expiresMs: 1 + random.below(400) };
}
