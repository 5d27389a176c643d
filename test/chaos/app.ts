/**
 * The app of the chaos: every handler tells a sink outside of the chaos that it starts and ends, under the name of its attempt.
 *
 * Times are scaled down: a worker is dead after 2 s of silence instead of 90.
 * @module
 */
import { createMayfly, type Driver, defineJob, type Handler } from "mayfly";

export interface ChaosEnv {
  readonly DATABASE_URL?: string;
  /** URL of the sink. */
  readonly SINK?: string;
}

interface Plain {
  /** How long the handler takes. */
  readonly ms: number;
}

const retries = 3;
const timeout = "10s";

export const plain = defineJob<"plain", Plain>("plain", { retries, timeout });
export const final = defineJob<"final", Plain>("final", { timeout });
export const flaky = defineJob<"flaky", Plain>("flaky", { retries, timeout, retryDelay: "50ms" });
export const hooked = defineJob<"hooked", Plain>("hooked", { retries, timeout });
export const free = defineJob<"free", Plain>("free", { timeout, idempotent: true });
/** One live job a key. */
export const keyed = defineJob<"keyed", Plain & { key: string }>("keyed", { retries, timeout, concurrencyKey: ({ key }) => key });
/** Two running jobs a key. */
export const limited = defineJob<"limited", Plain & { key: string }>("limited", {
  retries,
  timeout,
  limit: { running: 2 },
  concurrencyKey: ({ key }) => key,
});
/** Enqueues another job, whose id is the same in every attempt. */
export const chain = defineJob<"chain", Plain & { child: string }>("chain", { retries, timeout });
/** Writes a row of its own into the same database. Only containers serve its queue. */
export const row = defineJob<"row", Plain>("row", { queue: "rows", retries, timeout });

const jobs = [plain, final, flaky, hooked, free, keyed, limited, chain, row];

export const chaosMayfly = (database: (env: ChaosEnv) => string | Driver) =>
  createMayfly<ChaosEnv>({ jobs, database, heartbeat: { interval: "500ms", timeout: "2s" } });

/** What the sink is told. */
export interface Told {
  readonly event: "start" | "end" | "hook";
  readonly id: string;
  /** Empty of a hook. */
  readonly claimId: string;
}

async function tell(env: ChaosEnv, told: Told): Promise<void> {
  const response = await fetch(env.SINK ?? "", { method: "POST", body: JSON.stringify(told) });
  await response.arrayBuffer();
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Runs one attempt between the two words to the sink. */
export async function inSight(
  { env, id, claimId }: { readonly env: ChaosEnv; readonly id: string; readonly claimId: string },
  ms: number,
  work?: () => Promise<unknown>,
): Promise<void> {
  await tell(env, { event: "start", id, claimId });
  await pause(ms);
  await work?.();
  await tell(env, { event: "end", id, claimId });
}

const runs = [plain, final, free].map((one) => one.handle<ChaosEnv>((context) => inSight(context, context.payload.ms)));

/** What both runtimes run. */
export const chaosHandlers: readonly Handler<ChaosEnv>[] = [
  ...runs,
  flaky.handle<ChaosEnv>((context) =>
    inSight(context, context.payload.ms, () =>
      context.attempt === 1 ? Promise.reject(new Error("the first time it fails")) : Promise.resolve(),
    ),
  ),
  hooked.handle<ChaosEnv>((context) => inSight(context, context.payload.ms), {
    onAborted: ({ env, id }) => tell(env, { event: "hook", id, claimId: "" }),
  }),
  keyed.handle<ChaosEnv>((context) => inSight(context, context.payload.ms)),
  limited.handle<ChaosEnv>((context) => inSight(context, context.payload.ms)),
  chain.handle<ChaosEnv>((context) =>
    inSight(context, context.payload.ms, () => context.jobs.enqueue(plain, { ms: 1 }, { id: context.payload.child })),
  ),
];
