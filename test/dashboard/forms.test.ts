/**
 * Forms as a browser may send them, and as none would. That each action has its guards: see routes.test.ts.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { contentOf } from "../support/content.ts";
import { useDatabase } from "../support/database.ts";

import { HERE, openDashboard, waiting } from "./support.ts";

const database = useDatabase();

test("signing in is refused from another origin, and the try is not counted", async () => {
  const browser = openDashboard(database);
  assert.equal((await browser.post("/sign-in", { token: "x" }, { origin: "https://evil.example" })).status, 403);
  assert.deepEqual(await database.sql("select from mayfly.sign_in"), []);
});

test("behind a proxy, whose address is another, the browser's own word is enough", async () => {
  const browser = openDashboard(database);
  const csrf = await browser.signIn();
  const answer = await browser.post("/sign-out", { csrf }, { origin: "https://public.example", "sec-fetch-site": "same-origin" });
  assert.equal(answer.status, 303);
});

test("what is no form, or too large, is refused", async () => {
  const browser = openDashboard(database);
  const csrf = await browser.signIn();
  const id = await waiting(database);
  const form = { csrf, id, sure: "yes" };
  const before = await contentOf(database);
  assert.equal((await browser.post("/cancel", form, { ...HERE, "content-type": "application/json" })).status, 403);
  assert.equal((await browser.post("/cancel", { ...form, more: "x".repeat(600_000) }, HERE)).status, 413);
  assert.deepEqual(await contentOf(database), before);
  assert.equal((await browser.post("/cancel", form, HERE)).status, 303);
  assert.notDeepEqual(await contentOf(database), before);
});

test("a form in parts is taken like any other; one that is broken is refused, and nobody is alarmed", async () => {
  const browser = openDashboard(database);
  const csrf = await browser.signIn();
  const send = (path: string, body: FormData | string, headers: Record<string, string> = {}) =>
    browser.send(path, { method: "POST", body, headers: { ...HERE, ...headers } });
  const form = new FormData();
  form.set("csrf", csrf);
  form.set("queue", "mail");
  assert.equal((await send("/queues/pause", form)).status, 303);
  assert.equal((await database.sql("select from mayfly.queue where paused_at is not null")).length, 1);

  const type = "multipart/form-data; boundary=x";
  for (const path of ["/queues/resume", "/sign-in"]) {
    for (const [body, contentType] of [
      ["nothing of the kind", type],
      [`--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n${csrf}`, type],
      ["--x--", "multipart/form-data"],
    ] as const) {
      const { status, text } = await send(path, body, { "content-type": contentType });
      assert.equal(status, 400, `${path} ${contentType} ${body}`);
      assert.match(text, /<h1>Nothing was done/);
    }
  }
  assert.deepEqual(browser.lines, []);
  assert.equal((await database.sql("select from mayfly.queue where paused_at is not null")).length, 1);
});
