/**
 * What a turn costs that claims ten jobs, whatever else lies in the tables.
 * @module
 */
import type { Store } from "../../src/store/store.ts";
import type { Watermarks } from "../../src/store/turn.ts";
import { openDatabase } from "../../test/support/database.ts";
import { connectExplaining } from "../../test/support/explain.ts";
import { newId, newTurn, success } from "../../test/support/samples.ts";
import { BACKLOGS, LATER } from "../backlogs.ts";
import { byFirst } from "../figures.ts";
import { type Scenario, scaled } from "../scenario.ts";
import { median } from "../statistics.ts";

const CLAIM = 10;

/** The ways in which a worker asks: all there is to ask, from its watermarks; the claim alone; and its first turn, which has no watermarks. */
const WAYS = ["full", "bare", "first"] as const;
type Way = (typeof WAYS)[number];

/** Medians over many turns of one worker, a turn of each way after the other. */
export const claimAtBacklog: Scenario = {
  name: "claim-at-backlog",
  ratios: {
    "ms by 1 k ready": byFirst("ms"),
    "without presence": byFirst("ms, without presence"),
    "first turn": byFirst("ms, first turn"),
  },
  cases: (scale) => [{ name: `a claim of ${CLAIM}`, subjects: Object.keys(BACKLOGS), options: { scale, turns: scaled(200, scale, 10) } }],
  async measure(url, subject, { scale, turns }) {
    const backlog = BACKLOGS[subject];
    if (!backlog) throw new Error(`There is no backlog ${JSON.stringify(subject)}.`);
    const { sql, store, close } = openDatabase(url, 2);
    if (backlog.rows > 0) await sql(backlog.fill, [scaled(backlog.rows, Number(scale), 2)]);
    await sql(LATER, [1_000]);
    await sql("vacuum analyze");
    const worker = workerOf(backlog.queues ?? ["default"]);
    const times: Record<Way, number[]> = { full: [], bare: [], first: [] };
    await worker.claim(store, "first");
    for (let turn = 0; turn < Number(turns); turn++) {
      for (const way of WAYS) {
        await worker.settle(store);
        await sql(LATER, [CLAIM]);
        const startedAt = performance.now();
        await worker.claim(store, way);
        times[way].push(performance.now() - startedAt);
      }
    }
    const explained = await connectExplaining(url);
    const blocks: number[] = [];
    for (let turn = 0; turn < 5; turn++) {
      await worker.settle(store);
      blocks.push(await explained.blocks((other) => worker.claim(other, "full")));
    }
    await Promise.all([explained.end(), close()]);
    return {
      ms: median(times.full),
      "ms, without presence": median(times.bare),
      "ms, first turn": median(times.first),
      blocks: median(blocks),
    };
  },
};

/** A worker that claims ten and settles them in a turn of its own, which is not measured. */
function workerOf(queues: readonly string[]) {
  const base = newTurn({ queues, slots: CLAIM });
  let claimId = "";
  let claimed: string[] = [];
  let paused: readonly string[] = [];
  let watermarks: Watermarks | null = null;
  return {
    async claim(store: Store, way: Way): Promise<void> {
      claimId = newId();
      const reply = await store.turn({
        ...base,
        claimId,
        watermarks: way === "first" ? null : watermarks,
        ...(way === "bare"
          ? { presence: null, capacity: { ...base.capacity, queues: queues.filter((queue) => !paused.includes(queue)) } }
          : {}),
      });
      claimed = reply.jobs.map(({ id }) => id);
      watermarks = reply.watermarks;
      paused = reply.report?.paused ?? paused;
      if (claimed.length !== CLAIM) throw new Error(`${claimed.length} jobs were claimed instead of ${CLAIM}`);
    },
    async settle(store: Store): Promise<void> {
      await store.turn({ ...base, claimId: newId(), slots: 0, presence: null, settle: claimed.map((id) => success(id, claimId)) });
    },
  };
}
