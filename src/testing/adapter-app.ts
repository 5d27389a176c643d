/**
 * The application that an adapter under test deploys: its jobs, its handlers, its settings.
 * @module
 */
import type { MayflyOptions } from "../app/config.ts";
import type { MayflyEnvironment } from "../app/environment.ts";
import { defineJob } from "../job/job-definition.ts";
import type { Driver } from "../postgres/driver/driver.ts";

export interface ConformanceEnv extends MayflyEnvironment {
  readonly DATABASE_URL: string;
  /** What a handler has to see of its environment. */
  readonly GREETING: string;
}

/** Answers with the environment's greeting. */
const greet = defineJob<"greet", { readonly name: string }>("greet", { timeout: "5s" });
/** Asks a gate, and ends when that answers. */
const gate = defineJob<"gate", { readonly url: string }>("gate", { timeout: "5s" });
/** Enqueues a `greet`. */
const chain = defineJob<"chain", { readonly name: string }>("chain", { timeout: "5s" });
/** Fails. */
const fail = defineJob("fail", { timeout: "5s" });

/** For `createMayfly`. The heartbeat is short, so that a dead invocation is found soon. */
export const conformanceOptions: MayflyOptions<ConformanceEnv, Driver> = {
  jobs: [greet, gate, chain, fail],
  database: (env) => env.DATABASE_URL,
  heartbeat: { interval: "500ms", timeout: "2s" },
};

/** For the adapter. */
export const conformanceHandlers = [
  greet.handle<ConformanceEnv>(({ payload, env }) => `${env.GREETING}, ${payload.name}`),
  gate.handle<ConformanceEnv>(async ({ payload, signal }) => {
    const response = await fetch(payload.url, { method: "POST", signal });
    return await response.text();
  }),
  chain.handle<ConformanceEnv>(async ({ payload, jobs }) => {
    await jobs.enqueue(greet, payload);
  }),
  fail.handle<ConformanceEnv>(() => {
    throw new Error("as it should");
  }),
];
