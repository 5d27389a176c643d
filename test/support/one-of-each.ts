/**
 * A live job in each state there is.
 * @module
 */
import type { SqlDatabase } from "./each-postgres.ts";
import { claim, failure, newJob, newTurn } from "./samples.ts";

/** One job in each state: running with a limit and one throttled behind it, parked, scheduled, ready, one that waits for its hook. */
export async function oneOfEach({ store, sql }: SqlDatabase) {
  const limited = [newJob({ runningLimit: 1, key: "k" }), newJob({ runningLimit: 1, key: "k" })];
  await store.enqueue([...limited, newJob({ name: "strange" })]);
  const { claimId, workerId } = await claim(store);
  const hooked = newJob({ name: "hooked" });
  await store.enqueue([hooked]);
  const taken = await claim(store, { names: ["hooked"], hookNames: ["hooked"], park: false });
  const settle = [{ ...failure(hooked.id, taken.claimId), hasHook: true }];
  await store.turn(newTurn({ workerId: taken.workerId, slots: 0, settle, leave: true }));
  await store.enqueue([newJob({ delayMs: 60_000 }), newJob()]);
  await sql("update mayfly.worker set runtime = null where left_at is not null");
  return { limited, hooked, claimId, workerId };
}
