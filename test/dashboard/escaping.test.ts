/**
 * Whatever is stored, it stays text.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { assets } from "../../src/dashboard/assets.ts";
import { schedule } from "../../src/index.ts";
import { useDatabase } from "../support/database.ts";

import { fillWith, hostileJob } from "./hostile.ts";
import { type Answer, openDashboard } from "./support.ts";

const EVIL = `"'><script>alert(1)</script><img src=x onerror=alert(1)>`;
const q = encodeURIComponent(EVIL);

const database = useDatabase();

test("no page makes markup of a value, and all keep to their own files", async () => {
  const { waits, runs, failed, parked } = await fillWith(database, EVIL);
  const job = hostileJob(EVIL);
  const browser = openDashboard(database, { jobs: [job], schedules: [schedule(EVIL, "0 3 * * *", job)] });
  const csrf = await browser.signIn();
  const shows = [
    ...["/", "/waiting", "/running", "/results", "/workers", "/schedules", "/queues", "/enqueue"],
    ...[waits, runs, failed, parked].map((id) => `/jobs/${id}`),
    ...[`/?queue=${q}`, `/waiting?key=${q}3`, `/running?key=${q}`, `/results?key=${q}1`, `/results?name=${q}&queue=${q}&by=${q}`],
    ...[`/results/retry?name=${q}`, `/enqueue?job=${q}`],
  ];
  const others = [
    `/waiting?name=${q}&queue=${q}&key=${q}&by=${q}&since=${q}&until=${q}&state=${q}`,
    ...["/waiting", "/running", "/results", "/workers"].map((path) => `${path}?cursor=${q}`),
    ...[`/running?worker=${q}`, `/results?outcome=${q}&final=${q}`, `/workers?state=${q}`, `/${q}`, `/jobs/${q}`, `/sign-in?next=/${q}`],
  ];
  const answers = new Map<string, Answer>();
  for (const path of [...shows, ...others]) answers.set(path, await browser.get(path));
  answers.set("form", await browser.post("/enqueue", { csrf, job: EVIL, "payload.": EVIL, "option.delay": EVIL, "option.queue": EVIL }));
  answers.set("sure", await browser.post("/cancel", { csrf, id: waits, back: `/waiting?name=${q}` }));
  await browser.post("/queues/pause", { csrf, queue: EVIL });
  answers.set("flash", await browser.get("/queues"));

  for (const [path, { status, text, headers }] of answers) {
    assert.ok(status < 500, `${path}: ${status}`);
    assert.ok(!text.includes("<script>") && !text.includes("<img src=x") && !text.includes(`"'>`), path);
    assert.ok(
      !/ (style|on\w+)=/.test(text.replace(/&#39;|&quot;|&[lg]t;/g, "").replace(/onerror=alert/g, "")),
      `${path} has a style or a handler of its own`,
    );
    assert.match(headers.get("content-security-policy") ?? "", /^default-src 'none';.*frame-ancestors 'none'/, path);
    assert.equal(headers.get("cache-control"), "no-store", path);
  }
  assert.match(answers.get("flash")?.text ?? "", /The queue &quot;&#39;&gt;&lt;script/);
  for (const path of [...shows, "form"])
    assert.match(answers.get(path)?.text ?? "", /&lt;script&gt;alert\(1\)/, `${path} shows it as text`);
  // Each of the fields: name, queue, key, by, from, trace, payload; error with its stack, and output.
  assert.ok((answers.get(`/jobs/${failed}`)?.text.split("&lt;script&gt;").length ?? 0) > 15);
});

test("assets are there for everybody, and kept for ever under a name that changes with them", async () => {
  const browser = openDashboard(database, { base: "/mayfly" });
  const page = await browser.get("/sign-in");
  for (const { file, type, body } of Object.values(assets)) {
    assert.ok(page.text.includes(`"/mayfly/assets/${file}"`), file);
    const answer = await browser.get(`/assets/${file}`);
    assert.deepEqual([answer.status, answer.headers.get("content-type"), answer.text === body], [200, type, true]);
    assert.match(answer.headers.get("cache-control") ?? "", /immutable/);
  }
});
