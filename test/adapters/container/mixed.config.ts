/**
 * The container of a mixed deployment.
 * @module
 */
import { appendFileSync } from "node:fs";
import { endless, heavy, light, mayfly, relay } from "../workers/mixed-queue.ts";

export { mayfly };

export const handlers = [
  heavy.handle(() => {}),
  relay.handle(async ({ jobs }) => void (await jobs.enqueue(light, {}))),
  endless.handle(async ({ attempt }) => {
    appendFileSync(process.env.MARKS ?? "", `${attempt}\n`);
    if (attempt === 1) await new Promise(() => {});
  }),
];

export const worker = {
  ledger: { url: process.env.LEDGER_URL ?? "", token: process.env.CRON_SECRET ?? "" },
  maxProcesses: 2,
  listen: false,
  restAfter: "6s",
  statsEvery: 0,
  address: "127.0.0.1",
};
