/**
 * A program on a host of Web requests, with a wake ledger over a service that calls it.
 * @module
 */
import { setTimeout as pause } from "node:timers/promises";
import { type CallService, fetchHandler, httpLedger } from "../../adapters/fetch/index.ts";
import { createMayfly, type Driver, defineJob } from "../../src/index.ts";
import { recordingLogger } from "./worker.ts";

const ENV = { MAYFLY_PRODUCER_TOKENS: "producer", CRON_SECRET: "cron" };
export const URL_OF_TICK = "https://test.example/v1/tick";
const greet = defineJob("greet", { timeout: "5s" });
const flaky = defineJob("flaky", { timeout: "5s", retries: 1, retryDelay: () => "1h" });
const later = defineJob("later", { timeout: "5s" });
const slow = defineJob("slow", { timeout: "5s" });

/** Its jobs say hello, fail, put another one off for two hours, and take 400 milliseconds. */
export function ledgerProgram(driver: Driver, service: CallService) {
  const logger = recordingLogger();
  const mayfly = createMayfly<object>({ jobs: [greet, flaky, later, slow], database: () => driver, logger });
  const handlers = [
    greet.handle(() => "Hello"),
    slow.handle(() => pause(400)),
    flaky.handle(() => {
      throw new Error("no");
    }),
    later.handle(async ({ jobs }) => {
      await jobs.enqueue(greet, {}, { delay: "2h" });
    }),
  ];
  const handler = fetchHandler(mayfly, { handlers, ledger: httpLedger(service), claimFor: "1s" });
  return {
    logger,
    enqueue: (job: object, context?: object) =>
      handler(
        new Request("https://test.example/v1/jobs", {
          method: "POST",
          headers: { authorization: "Bearer producer" },
          body: JSON.stringify(job),
        }),
        ENV,
        context,
      ),
    tick: (headers: Record<string, string> = { authorization: "Bearer cron" }, body?: string) =>
      handler(new Request(URL_OF_TICK, { method: "POST", headers, ...(body === undefined ? {} : { body }) }), ENV),
  };
}
