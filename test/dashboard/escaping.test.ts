/**
 * Whatever is stored, it stays text.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { assets } from "../../src/dashboard/assets.ts";
import { defineJob } from "../../src/index.ts";
import { newId } from "../support/samples.ts";
import { jobStatus, NOW, openDashboard, overview } from "./support.ts";

const EVIL = `"'><script>alert(1)</script><img src=x onerror=alert(1)>`;
const ERROR = { name: EVIL, message: EVIL, stack: EVIL };
const LIVE = {
  id: newId(),
  name: EVIL,
  queue: EVIL,
  concurrencyKey: EVIL,
  priority: 0,
  attempt: 1,
  retries: 0,
  runAt: NOW,
  createdAt: NOW,
};
const SUMMARY = { ...LIVE, state: "ready", held: false, parked: false, source: EVIL, createdBy: EVIL } as const;
const RESULT = { ...LIVE, outcome: "errored", finishedAt: NOW, error: ERROR, createdBy: EVIL } as const;
const WORKER = {
  id: newId(),
  state: "alive",
  runtime: EVIL,
  host: EVIL,
  queues: [EVIL],
  startedAt: NOW,
  heartbeatAt: NOW,
  running: 1,
} as const;
const QUEUE = { queue: EVIL, ready: 1, running: 1, scheduled: 1 };
const JOB = jobStatus({
  name: EVIL,
  queue: EVIL,
  state: "errored",
  concurrencyKey: EVIL,
  finishedAt: NOW,
  source: EVIL,
  createdBy: EVIL,
  traceparent: EVIL,
  payload: { [EVIL]: EVIL },
  attempts: [{ attempt: 1, outcome: "errored", startedAt: NOW, finishedAt: NOW, workerId: EVIL, error: ERROR, output: EVIL }],
});

const q = encodeURIComponent(EVIL);
const PAGES = [
  "/",
  `/?queue=${q}`,
  "/requests",
  `/requests?name=${q}&queue=${q}&key=${q}&by=${q}&since=${q}&until=${q}&state=${q}&cursor=${q}`,
  "/processes",
  `/processes?worker=${q}&key=${q}`,
  "/results",
  `/results?outcome=${q}&key=${q}&name=${q}&final=${q}`,
  `/results/retry?name=${q}`,
  `/jobs/${JOB.id}`,
  "/workers",
  "/schedules",
  "/queues",
  "/enqueue",
  `/enqueue?job=${q}`,
  `/${q}`,
];

test("no page makes markup of a value, and all keep to their own files", async () => {
  const job = defineJob(EVIL, { queue: EVIL });
  const browser = openDashboard({
    definitions: [job],
    operator: {
      overview: async () => overview({ queues: [QUEUE], unknownNames: [EVIL] }),
      jobs: async () => ({ items: [SUMMARY], cursor: EVIL, lookedTo: NOW }),
      results: async ({ cursor } = {}) => ({ items: [RESULT], ...(cursor ? {} : { cursor: EVIL, lookedTo: NOW }) }),
      workers: async () => ({ items: [WORKER] }),
      queues: async () => [QUEUE],
      pauseQueue: async () => {},
      schedules: async () => [{ application: EVIL, name: EVIL, nextAt: NOW, definition: { when: EVIL, timezone: EVIL, job: EVIL } }],
    },
    jobs: { get: async () => JOB },
  });
  const csrf = await browser.signIn();
  const answers = new Map<string, Awaited<ReturnType<typeof browser.get>>>();
  for (const path of PAGES) answers.set(path, await browser.get(path));
  answers.set("form", await browser.post("/enqueue", { csrf, job: EVIL, "payload.": EVIL, "option.delay": EVIL, "option.queue": EVIL }));
  await browser.post("/queues/pause", { csrf, queue: EVIL });
  answers.set("flash", await browser.get("/queues"));

  for (const [path, { text, headers }] of answers) {
    assert.ok(!text.includes("<script>") && !text.includes("<img src=x") && !text.includes(`"'>`), path);
    assert.ok(
      !/ (style|on\w+)=/.test(text.replace(/&#39;|&quot;|&[lg]t;/g, "").replace(/onerror=alert/g, "")),
      `${path} has a style or a handler of its own`,
    );
    assert.match(headers.get("content-security-policy") ?? "", /^default-src 'none';.*frame-ancestors 'none'/, path);
    assert.equal(headers.get("cache-control"), "no-store", path);
  }
  assert.match(answers.get("flash")?.text ?? "", /The queue &quot;&#39;&gt;&lt;script/);
  for (const path of ["/requests", "/results", `/jobs/${JOB.id}`, "/workers", "/schedules", "/queues", "/enqueue"])
    assert.match(answers.get(path)?.text ?? "", /&lt;script&gt;alert\(1\)/, `${path} shows it as text`);
});

test("assets are there for everybody, and kept for ever under a name that changes with them", async () => {
  const browser = openDashboard({ base: "/mayfly" });
  const page = await browser.get("/sign-in");
  for (const { file, type, body } of Object.values(assets)) {
    assert.ok(page.text.includes(`"/mayfly/assets/${file}"`), file);
    const answer = await browser.get(`/assets/${file}`);
    assert.deepEqual([answer.status, answer.headers.get("content-type"), answer.text === body], [200, type, true]);
    assert.match(answer.headers.get("cache-control") ?? "", /immutable/);
  }
});
