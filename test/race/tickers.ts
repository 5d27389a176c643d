/**
 * Tickers of two deployments: look after dead workers and what has expired, and fire the schedules that are due.
 * @module
 */
import type { DueSchedule } from "../../src/store/look.ts";
import type { AnnouncedSchedule, Fire } from "../../src/store/store.ts";
import { newJob, newLook } from "../support/samples.ts";
import { insist, pause, QUEUES, type Race, STALE_MS } from "./stage.ts";

export const APPLICATION = "race";
/** By deployment. `alone` leaves a tick out while the job of the last one lives. */
export const SCHEDULES = { older: ["often", "changed", "dropped", "alone"], newer: ["often", "changed", "added", "alone"] } as const;
/** Milliseconds from tick to tick. */
const EVERY = 300;

export async function ticker(race: Race, deployment: keyof typeof SCHEDULES): Promise<void> {
  const { ledger, random, store } = race;
  const set = { application: APPLICATION, hash: deployment };
  while (race.phase === "running") {
    const seen = await insist(race, () => store.look(newLook({ staleMs: STALE_MS, most: 50, queues: QUEUES, set })));
    ledger.count("lost", seen.lost);
    ledger.count("expired", seen.expired);
    ledger.count(`set ${seen.setState}`);
    if (seen.setState === "unknown") await insist(race, () => store.announceSchedules(set, announced(deployment, seen.nowMs)));
    const fires = seen.due.map((due) => fire(race, due));
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
    definition: name === "changed" ? { by: deployment } : {},
  }));
}

/** Each who fires brings a job of its own, told by its tick, so that a tick fired twice shows. */
function fire({ newId, random }: Race, { name, fire: number, nextAt }: DueSchedule): Fire {
  const job = newJob({
    id: newId(),
    name: "ticked",
    queue: random.pick(QUEUES),
    retries: 1,
    createdBy: `schedule:${name}`,
    payload: { schedule: name, fire: number, tick: nextAt },
  });
  const following = new Date(Date.parse(nextAt) + EVERY).toISOString();
  return { name, fire: number, nextAt: following, overlap: name !== "alone", jobs: [job] };
}
