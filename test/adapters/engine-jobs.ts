/**
 * Jobs for every way in which one becomes runnable: the apps of the engines have them, on each platform.
 * @module
 */
import { defineJob, type MayflyEnvironment } from "mayfly";

export interface Env extends MayflyEnvironment {
  readonly DATABASE_URL: string;
}

const quick = defineJob("quick");
const slow = defineJob<"slow", { ms: number }>("slow", { timeout: "10s" });
const flaky = defineJob("flaky", { retries: 1, retryDelay: () => "1s" });
const chain = defineJob<"chain", { left: number }>("chain");
const later = defineJob<"later", { delay: string }>("later");
const single = defineJob<"single", { ms: number }>("single", { limit: { running: 1 }, concurrencyKey: () => "one" });

export const jobs = [quick, slow, flaky, chain, later, single];

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

export const handlers = [
  quick.handle<Env>(() => {}),
  slow.handle<Env>(({ payload: { ms } }) => pause(ms)),
  flaky.handle<Env>(({ attempt }) => {
    if (attempt === 1) throw new Error("the first time it fails");
  }),
  chain.handle<Env>(async ({ payload: { left }, jobs }) => {
    if (left > 0) await jobs.enqueue(chain, { left: left - 1 });
  }),
  later.handle<Env>(async ({ payload: { delay }, jobs }) => {
    await jobs.enqueue(quick, {}, { delay });
  }),
  single.handle<Env>(({ payload: { ms } }) => pause(ms)),
];
