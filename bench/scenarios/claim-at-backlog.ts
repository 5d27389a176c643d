/**
 * What a turn costs that claims ten jobs, whatever else lies in the table.
 * @module
 */

import type { Store } from "../../src/store/store.ts";
import type { Watermarks } from "../../src/store/turn.ts";
import { openDatabase } from "../../test/support/database.ts";
import { connectExplaining } from "../../test/support/explain.ts";
import { newId, newTurn, success } from "../../test/support/samples.ts";
import { BACKLOGS } from "../backlogs.ts";
import { firstFigure, type Scenario, scaled } from "../scenario.ts";
import { median } from "../statistics.ts";

const CLAIM = 10;
/** Later than any backlog's, and claimed at last. */
const MORE = `insert into mayfly.job (id, name, state, run_at, ready_at)
  select mayfly.uuid7(), 'work', 'ready', now(), clock_timestamp() + n * interval '1 microsecond' from generate_series(1, $1::int) as n`;

/** Medians over many turns, each by a worker that goes on from its marks; and of as many first turns, which have none. */
export const claimAtBacklog: Scenario = {
  name: "claim-at-backlog",
  ratioOf: "cost by that at 1 k ready",
  cases: (scale) => [{ name: `a claim of ${CLAIM}`, subjects: Object.keys(BACKLOGS), options: { scale, turns: scaled(200, scale, 10) } }],
  async measure(url, subject, { scale, turns }) {
    const backlog = BACKLOGS[subject];
    if (!backlog) throw new Error(`There is no backlog ${JSON.stringify(subject)}.`);
    const rows = scaled(backlog.rows, Number(scale));
    const { sql, store, close } = openDatabase(url, 2);
    await sql(backlog.fill, [rows]);
    await sql(MORE, [1_000]);
    await sql("vacuum analyze");
    const worker = workerOf(backlog.queues?.(rows) ?? ["default"]);
    const times: { marked: number[]; first: number[] } = { marked: [], first: [] };
    await worker.claim(store, false);
    for (let turn = 0; turn < 2 * Number(turns); turn++) {
      await worker.settle(store);
      await sql(MORE, [CLAIM]);
      const first = turn % 2 === 1;
      const startedAt = performance.now();
      await worker.claim(store, first);
      times[first ? "first" : "marked"].push(performance.now() - startedAt);
    }
    const explained = await connectExplaining(url);
    const blocks: number[] = [];
    for (let turn = 0; turn < 5; turn++) {
      await worker.settle(store);
      blocks.push(await explained.blocks((other) => worker.claim(other, false)));
    }
    await Promise.all([explained.end(), close()]);
    return { ms: median(times.marked), "ms, first turn": median(times.first), blocks: median(blocks) };
  },
  ratio: (round, subject) => firstFigure(round[subject]) / firstFigure(Object.values(round)[0]),
};

/** A worker that claims ten and settles them in a turn of its own, which is not measured. */
function workerOf(queues: readonly string[]) {
  const base = newTurn({ queues, slots: CLAIM });
  let claimId = "";
  let held: string[] = [];
  let marks: Watermarks | null = null;
  return {
    async claim(store: Store, first: boolean): Promise<void> {
      claimId = newId();
      const reply = await store.turn({ ...base, claimId, marks: first ? null : marks });
      held = reply.jobs.map(({ id }) => id);
      marks = reply.watermarks;
      if (held.length !== CLAIM) throw new Error(`${held.length} jobs were claimed instead of ${CLAIM}`);
    },
    async settle(store: Store): Promise<void> {
      await store.turn({ ...base, claimId: newId(), slots: 0, settle: held.map((id) => success(id, claimId)) });
    },
  };
}
