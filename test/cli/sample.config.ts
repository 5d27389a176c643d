/**
 * A queue with a job for everything that the command has something to say about.
 * @module
 */
import { command, createMayfly, defer, defineJob, type Middleware, schedule } from "mayfly";
import * as v from "valibot";

interface Env {
  readonly DATABASE_URL?: string;
}

const echo = defineJob("echo", {
  payload: v.object({ n: v.pipe(v.number(), v.integer()) }),
  queue: "mail",
  priority: 5,
  retries: 2,
  timeout: "10s",
  aliases: ["old-echo"],
  limit: { live: 3 },
});
const fails = defineJob("fails");
const later = defineJob("later");
const stuck = defineJob("stuck", { timeout: "100ms", concurrencyKey: () => "k", limit: { running: 2 } });
const keyed = defineJob("keyed", { concurrencyKey: () => "k" });
const picky = defineJob("picky", { shouldEnqueue: () => false });

export const mayfly = createMayfly<Env>({
  application: "sample",
  schedules: [
    schedule("daily", "0 9 * * *", keyed, { timezone: "Europe/Berlin", overlap: "skip" }),
    schedule("cleanup", "@hourly", command("./cleanup.sh")),
  ],
  jobs: [echo, fails, later, stuck, keyed, picky],
  database: () => {
    throw new Error("the command brings its own driver");
  },
  retention: "3d",
});

export const handlers = [
  echo.handle(async ({ payload, jobs, attempt, logger, name }) => {
    logger.info("echoing");
    const { outcome } = await jobs.enqueue(keyed, {}, { delay: "1h" });
    return { n: payload.n, attempt, name, outcome };
  }),
  fails.handle(() => {
    throw new Error("no luck");
  }),
  later.handle(() => defer("10m")),
  stuck.handle(() => new Promise((resolve) => setTimeout(resolve, 60_000))),
  keyed.handle(() => undefined),
];

const exclaim: Middleware<Env> = async (context, next) => {
  const output = await next(context);
  return typeof output === "object" && output !== null && "n" in output ? { ...output, wrapped: true } : output;
};

export const middleware = [exclaim];
