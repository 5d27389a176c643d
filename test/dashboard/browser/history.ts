/**
 * A day of the starter: sign-ups and reports, most of them well, some not, so that every list has rows.
 * @module
 */
import { until } from "../../support/condition.ts";
import { OPERATOR } from "../../support/deployment.ts";
import { moveIntoThePast } from "../../support/history.ts";
import { claim, newTurn } from "../../support/samples.ts";
import type { Stage } from "./stage.ts";

/** Jobs by what has become of them. */
export interface History {
  /** Waits for its time, with a key. */
  readonly scheduled: string;
  /** Waits in a paused queue. */
  readonly ready: string;
  /** Failed twice: its user is gone. */
  readonly errored: string;
  /** Failed, was retried by hand, failed again. */
  readonly retried: string;
  readonly retry: string;
  readonly cancelled: string;
  /** Its first worker died, and the next one did it. */
  readonly lost: string;
  /** Done, with an output. */
  readonly successful: string;
}

/** More than fill a page. */
const REPORTS = 57;
export const DEAD_WORKER = "00000000-0000-7000-8000-000000000001";

export async function makeHistory(stage: Stage): Promise<History> {
  const { database, enqueue } = stage;
  await stage.tick();
  const lost = await loseOne(stage);
  const days = Array.from({ length: REPORTS }, (_, n) => dayBefore(n + 10));
  await stage.send("/v1/jobs", { jobs: days.map((day) => ({ name: "nightly-report", payload: { day } })) });
  for (const name of ["ada", "ben", "chiara"]) await stage.signUp(`${name}@example.com`);
  const errored = await failSignUp(stage, "gone@example.com");
  const retried = await enqueue({ name: "welcome-user", payload: { userId: crypto.randomUUID() }, retries: 0 });
  const successful = await enqueue({ name: "nightly-report", payload: { day: "2026-01-31" } });
  const cancelled = await enqueue({ name: "nightly-report", payload: { day: "2026-02-01" }, delay: "1d" });
  await stage.send(`/v1/jobs/${cancelled}/cancel`, {}, OPERATOR.token);
  await database.sql("update mayfly.schedule set next_at = date_trunc('day', now())");
  await untilOver(stage);
  const { id: retry } = (await (await stage.send(`/v1/jobs/${retried}/retry`, {}, OPERATOR.token)).json()) as { id: string };
  await untilOver(stage);
  await moveIntoThePast(database, ({ nth }) => (nth % 90) * 14 * 60_000);

  const scheduled = await enqueue({ name: "nightly-report", payload: { day: "2026-03-01" }, delay: "3h", priority: 7 });
  await stage.send("/v1/queues/later/pause", {}, OPERATOR.token);
  const ready = await enqueue({ name: "nightly-report", payload: { day: "2026-03-02" }, queue: "later" });
  await enqueue({ name: "welcome-user", payload: { userId: crypto.randomUUID() }, queue: "later" });
  await stage.quiet();
  return { scheduled, ready, errored, retried, retry, cancelled, lost, successful };
}

/** Somebody signs up and leaves before the greeting. Two attempts are enough of it. */
async function failSignUp({ database, send, signUp }: Stage, email: string): Promise<string> {
  await send("/v1/queues/default/pause", {}, OPERATOR.token);
  const userId = await signUp(email);
  await database.sql("delete from app_user where id = $1", [userId]);
  const [job] = await database.sql<{ id: string }>(
    "update mayfly.ready r set retries = 1 from mayfly.job j where j.id = r.id and j.payload ->> 'userId' = $1 returning r.id",
    [userId],
  );
  await send("/v1/queues/default/resume", {}, OPERATOR.token);
  return job?.id ?? "";
}

/** A worker takes a job and is never heard of again. */
async function loseOne({ database, enqueue, send }: Stage): Promise<string> {
  await send("/v1/queues/default/pause", {}, OPERATOR.token);
  const id = await enqueue({ name: "nightly-report", payload: { day: "2026-01-30" } });
  await claim(database.store, { workerId: DEAD_WORKER, slots: 0 });
  // Without presence a turn serves a paused queue, too: no other worker can be faster.
  await database.store.turn({ ...newTurn({ workerId: DEAD_WORKER, names: ["nightly-report"] }), presence: null });
  await database.sql("update mayfly.worker set heartbeat_at = now() - interval '10 minutes' where id = $1", [DEAD_WORKER]);
  await send("/v1/queues/default/resume", {}, OPERATOR.token);
  return id;
}

async function untilOver(stage: Stage): Promise<void> {
  await until(async () => {
    await stage.tick();
    return (await stage.database.sql("select from mayfly.live where queue = 'default'")).length === 0;
  });
  await stage.quiet();
}

function dayBefore(days: number): string {
  return new Date(Date.UTC(2026, 0, 1) - days * 86_400_000).toISOString().slice(0, 10);
}
