/**
 * Jobs for every way in which a process can be used up.
 * @module
 */
import { appendFileSync, existsSync, writeFileSync } from "node:fs";
import { command, createMayfly, defer, defineJob, schedule } from "mayfly";

interface Env {
  readonly DATABASE_URL?: string;
  /** A file to which handlers write a line when they start. */
  readonly MARKS?: string;
}

const quick = defineJob<"quick", { n?: number }>("quick", { retries: 1 });
const busy = defineJob<"busy", { ms: number }>("busy", { timeout: "1m" });
const hang = defineJob("hang", { timeout: "1m", retries: 1, retryDelay: "1h" });
const once = defineJob("once", { timeout: "1m", retries: 1 });
const stubborn = defineJob("stubborn", { timeout: "300ms" });
const hog = defineJob("hog", { retries: 1, timeout: "1m" });
const leave = defineJob<"leave", { code: number }>("leave", { retries: 1 });
const stray = defineJob("stray");
const talk = defineJob("talk");
const leaky = defineJob("leaky");
const innocent = defineJob("innocent", { timeout: "1m" });
const babble = defineJob("babble");
const later = defineJob("later", { retries: 1 });
const wrong = defineJob("wrong", { retries: 5, retryDelay: (_attempt, error) => (error as { wait?: number }).wait ?? 0 });

export const mayfly = createMayfly<Env>({
  jobs: [quick, busy, hang, once, stubborn, hog, leave, stray, leaky, innocent, talk, babble, later, wrong],
  database: (env) => env.DATABASE_URL ?? "",
  heartbeat: { interval: "250ms", timeout: "1s" },
  schedules: process.env.COMMANDS ? [schedule("say", "* * * * * *", command("echo said"))] : [],
});

/** What the tests wait for. */
function mark(env: Env, line: string): void {
  if (env.MARKS) appendFileSync(env.MARKS, `${line}\n`);
}

/** What a handler, or something that it imports, may send to whoever has started its process. */
const FORGED = { returned: { output: "forged" }, thrown: { value: "forged" }, code: "internal", message: "forged" };
const BABBLE: readonly (object | string | number | null)[] = [
  null,
  7,
  "ready",
  [],
  {},
  { type: null },
  { type: "toString" },
  ...["ready", "failed", "returned", "threw"].flatMap((type) => [
    { type },
    { type, ...FORGED },
    { type, ...FORGED, token: "00000000-0000-4000-8000-000000000000" },
  ]),
  { type: "threw", last: true },
  { type: "threw", ...FORGED, last: true },
];

export const handlers = [
  quick.handle<Env>(({ payload }) => ({ pid: process.pid, n: payload.n ?? 0 })),
  busy.handle<Env>(({ payload, env }) => {
    mark(env, "busy");
    mark(env, `busy in ${process.pid}`);
    const until = Date.now() + payload.ms;
    while (Date.now() < until);
  }),
  hang.handle<Env>(async ({ env, signal }) => {
    mark(env, `hang ${process.pid}`);
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    mark(env, `aborted ${(signal.reason as { code: string }).code}`);
  }),
  once.handle<Env>(async ({ env, attempt }) => {
    mark(env, `once ${attempt}`);
    if (attempt === 1) await new Promise(() => {});
  }),
  stubborn.handle<Env>(() => {
    for (;;);
  }),
  hog.handle<Env>(
    ({ attempt, env }) => {
      mark(env, "hog");
      if (attempt > 1) return "spared";
      const kept: string[][] = [];
      for (;;) kept.push(Array.from({ length: 100_000 }, (_, n) => `${n}`));
    },
    { onAborted: ({ env, result }) => mark(env, `hook ${result.outcome}`) },
  ),
  leave.handle<Env>(({ payload, attempt }) => {
    if (attempt === 1) process.exit(payload.code);
    return "back";
  }),
  stray.handle<Env>(async () => {
    void Promise.reject(new TypeError("nobody waits"));
    await new Promise(() => {});
  }),
  leaky.handle<Env>(({ env }) => {
    // Rejects once the next job runs, in this very process.
    const reject = setInterval(() => {
      if (!existsSync(`${env.MARKS}.innocent`)) return;
      clearInterval(reject);
      void Promise.reject(new TypeError("a leak")).finally(() => {});
      writeFileSync(`${env.MARKS}.leaked`, "");
    }, 1);
    return process.pid;
  }),
  innocent.handle<Env>(async ({ env }) => {
    writeFileSync(`${env.MARKS}.innocent`, "");
    while (!existsSync(`${env.MARKS}.leaked`)) await new Promise(setImmediate);
    for (let n = 0; n < 20; n++) await new Promise(setImmediate);
    return process.pid;
  }),
  talk.handle<Env>(async () => {
    for (let n = 0; n < 10; n++) {
      process.stdout.write("nobody reads this\n");
      await new Promise(setImmediate);
    }
    return "said";
  }),
  babble.handle<Env>(async () => {
    setInterval(() => {
      for (const message of BABBLE) process.send?.(message);
    }, 1);
    for (let n = 0; n < 200; n++) await new Promise(setImmediate);
    return process.pid;
  }),
  later.handle<Env>(({ attempt }) => (attempt === 1 ? defer(0, { countsAsAttempt: true }) : { at: new Date(0) })),
  wrong.handle<Env>(({ attempt }) => {
    throw Object.assign(new RangeError(`no ${attempt}`), attempt === 1 ? { wait: 5 } : { retry: false });
  }),
];
