/**
 * Tickers of two deployments: look after dead workers, and fire the schedules that are due.
 * @module
 */
import type { AnnouncedSchedule, Fire } from "../../src/store/store.ts";
import type { DueSchedule } from "../../src/store/tick.ts";
import { newJob, newTick } from "../support/samples.ts";
import { insist, pause, QUEUES, type Race, STALE_MS } from "./stage.ts";

export const APPLICATION = "race";
/** By deployment. `alone` leaves a tick out while the job of the last one lives. */
export const SCHEDULES = { older: ["often", "changed", "dropped", "alone"], newer: ["often", "changed", "added", "alone"] } as const;
/** Milliseconds from tick to tick. */
const EVERY = 300;

export async function ticker(race: Race, deployment: keyof typeof SCHEDULES): Promise<void> {
  const { ledger, random, store } = race;
  const set = { application: APPLICATION, hash: deployment };
  while (race.running()) {
    const seen = await insist(race, () => store.tick(newTick({ staleMs: STALE_MS, limit: 50, queues: QUEUES, set })));
    ledger.count("lost", seen.lost);
    // A stranger may hold what a rescue needs; nothing else may fail it.
    for (const { sqlState, message } of seen.failed) {
      ledger.count(`rescue ${sqlState}`);
      if (sqlState !== "55P03") ledger.violations.push(`a rescue failed: ${message}`);
    }
    ledger.count(`set ${seen.setState}`);
    if (seen.setState === "unknown") await insist(race, () => store.announceSchedules(set, announced(deployment, seen.nowMs)));
    const fires = seen.due.map((due) => fireOf(race, due));
    if (fires.length > 0) {
      for (const { outcomes } of await insist(race, () => store.fireSchedules(APPLICATION, fires))) {
        for (const outcome of outcomes) ledger.count(`fire ${outcome}`);
      }
    }
    await pause(random.below(150));
  }
}

function announced(deployment: keyof typeof SCHEDULES, nowMs: number): AnnouncedSchedule[] {
  return SCHEDULES[deployment].map((name) => ({
    name,
    nextAt: new Date(nowMs + EVERY).toISOString(),
    definition: { timing: name === "changed" ? deployment : "" },
  }));
}

/** Each who fires brings a job of its own, told by its tick, so that a tick fired twice shows. */
function fireOf({ newId, random }: Race, { name, fireCount, nextAt }: DueSchedule): Fire {
  const job = newJob({
    id: newId(),
    name: "ticked",
    queue: random.pick(QUEUES),
    retries: 1,
    createdBy: `schedule:${name}`,
    payload: { schedule: name, fire: fireCount, tick: nextAt },
  });
  const following = new Date(Date.parse(nextAt) + EVERY).toISOString();
  return { name, fireCount, nextAt: following, overlap: name !== "alone", jobs: [job] };
}
