/**
 * The app of the soak: every kind of job, with handlers that do next to nothing.
 * @module
 */
import { createMayfly, defer, defineJob, schedule } from "mayfly";

interface Env {
  readonly DATABASE_URL?: string;
}

type Keyed = { readonly key: string };

export const plain = defineJob("plain");
export const large = defineJob<"large", { text: string }>("large");
export const keyed = defineJob<"keyed", Keyed>("keyed", { concurrencyKey: ({ key }) => key });
export const limited = defineJob<"limited", Keyed>("limited", { limit: { running: 2 }, concurrencyKey: ({ key }) => key });
export const flaky = defineJob("flaky", { retries: 2, retryDelay: "500ms" });
export const failing = defineJob("failing", { retries: 1 });
export const postponed = defineJob("postponed");
export const slow = defineJob("slow", { retries: 2, idempotent: true });
export const paused = defineJob("paused", { queue: "paused" });
const ticked = defineJob("ticked");
/** Asks the worker that lives on what it holds: only that one serves the queue, in its own process. */
export const measured = defineJob("measured", { queue: "measured" });

export const mayfly = createMayfly<Env>({
  jobs: [plain, large, keyed, limited, flaky, failing, postponed, slow, paused, ticked, measured],
  schedules: [schedule("often", "*/2 * * * * *", ticked), schedule("alone", "*/5 * * * * *", ticked, { overlap: "skip" })],
  database: (env) => env.DATABASE_URL ?? "",
  heartbeat: { interval: "1s", timeout: "5s" },
});

const nothing = () => {};

export const handlers = [
  ...[plain, ticked, paused].map((one) => one.handle<Env>(nothing)),
  large.handle<Env>(({ payload }) => ({ length: payload.text.length })),
  ...[keyed, limited].map((one) => one.handle<Env>(nothing)),
  flaky.handle<Env>(({ attempt }) => {
    if (attempt === 1) throw new Error("the first time it fails");
  }),
  failing.handle<Env>(
    () => {
      throw new Error("it always fails");
    },
    { onFailed: nothing },
  ),
  postponed.handle<Env>(({ attempt }) => (attempt < 2 ? defer("1s", { countsAsAttempt: true }) : undefined)),
  measured.handle<Env>(() => {
    // While there is memory, V8 lets garbage lie.
    (globalThis as { gc?: () => void }).gc?.();
    return process.memoryUsage();
  }),
  slow.handle<Env>(() => new Promise((resolve) => setTimeout(resolve, 300)), { onAborted: nothing }),
];
