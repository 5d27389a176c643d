/**
 * Nothing is done for a form that is not of the operator's own page.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { actions } from "../../src/dashboard/routes.ts";
import { newId } from "../support/samples.ts";
import { openDashboard } from "./support.ts";

const HERE = { origin: "http://localhost" };

for (const [route] of actions) {
  describe(`POST ${route}`, () => {
    const path = route.replace(":id", newId());
    const form = { queue: "q", application: "default", name: "n", job: "work", id: newId(), sure: "yes", moment: "ready 0" };

    test("is refused without a session", async () => {
      const browser = openDashboard();
      const answer = await browser.post(path, { ...form, csrf: "0".repeat(64) });
      assert.deepEqual([answer.status, answer.headers.get("location")], [303, "/sign-in"]);
      assert.deepEqual(browser.calls, []);
    });

    test("is refused without its session's token, and with that of another session", async () => {
      const browser = openDashboard();
      await browser.signIn();
      const other = await openDashboard().signIn();
      for (const more of [{}, { csrf: "" }, { csrf: other }]) {
        const answer = await browser.post(path, { ...form, ...more });
        assert.equal(answer.status, 403);
        assert.match(answer.text, /Nothing was done/);
      }
      assert.deepEqual(browser.calls, []);
      assert.ok(browser.cookies.has("mayfly_session"));
    });

    test("is refused from another origin, and from none", async () => {
      const browser = openDashboard();
      const csrf = await browser.signIn();
      for (const headers of [
        { origin: "https://evil.example" },
        { origin: "null" },
        { "sec-fetch-site": "cross-site" },
        { "sec-fetch-site": "same-site" },
        {},
      ]) {
        const answer = await browser.post(path, { ...form, csrf }, headers as Record<string, string>);
        assert.equal(answer.status, 403, JSON.stringify(headers));
        assert.match(answer.text, /only by a page of this dashboard/);
        assert.match(answer.headers.get("content-security-policy") ?? "", /frame-ancestors 'none'/);
      }
      assert.deepEqual(browser.calls, []);
    });
  });
}

test("signing in is refused from another origin", async () => {
  const browser = openDashboard();
  assert.equal((await browser.post("/sign-in", { token: "x" }, { origin: "https://evil.example" })).status, 403);
  assert.deepEqual(browser.calls, []);
});

test("behind a proxy, whose address is another, the browser's own word is enough", async () => {
  const browser = openDashboard();
  const csrf = await browser.signIn();
  const answer = await browser.post("/sign-out", { csrf }, { origin: "https://public.example", "sec-fetch-site": "same-origin" });
  assert.equal(answer.status, 303);
});

test("what is no form, or too large, is refused", async () => {
  const browser = openDashboard();
  const csrf = await browser.signIn();
  assert.equal((await browser.post("/cancel", { csrf }, { ...HERE, "content-type": "application/json" })).status, 403);
  assert.equal((await browser.post("/cancel", { csrf, id: "x".repeat(600_000) }, HERE)).status, 413);
});
