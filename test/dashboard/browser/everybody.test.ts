/**
 * The dashboard for everybody: by the rules of accessibility, light and dark, by keyboard, on a phone, without scripts; and alive.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { AxeBuilder } from "@axe-core/playwright";
import { until } from "../../support/condition.ts";
import { type History, makeHistory } from "./history.ts";
import { filter, onStage, rowsOf, said } from "./stage.ts";

let history: History;
const stage = onStage(async (it) => {
  history = await makeHistory(it);
});

/** Every kind of page, with something on it. */
function pages(): string[] {
  return [
    ...[
      "/",
      "/?range=week&queue=default",
      "/requests",
      "/requests?state=held",
      "/processes",
      "/results?outcome=errored",
      "/results?key=nobody",
    ],
    ...[history.scheduled, history.errored, history.retried, history.lost].map((id) => `/jobs/${id}`),
    ...["/workers?state=stale", "/schedules", "/queues", "/enqueue", "/enqueue?job=welcome-user", "/results/retry", "/queues/nowhere"],
  ];
}

for (const [colorScheme, rules] of [
  ["light", []],
  // Only colours differ.
  ["dark", ["color-contrast"]],
] as const) {
  test(`axe finds nothing on any page, ${colorScheme}`, () =>
    stage.operate(
      async (page) => {
        const found: string[] = [];
        const examine = async (path: string) => {
          await page.goto(path);
          const axe = new AxeBuilder({ page }).setLegacyMode();
          const { violations } = await (rules.length > 0 ? axe.withRules([...rules]) : axe).analyze();
          found.push(...violations.map(({ id, nodes }) => `${path} ${id}: ${nodes[0]?.html}`));
        };
        for (const path of pages()) await examine(path);
        await page.context().clearCookies();
        await examine("/sign-in");
        assert.deepEqual(found, []);
      },
      { colorScheme },
    ));
}

test("every page fits a phone, and has one heading of the first rank", () =>
  stage.operate(
    async (page) => {
      for (const path of pages()) {
        await page.goto(path);
        assert.ok(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), `${path} overflows`);
        assert.equal(await page.locator("h1").count(), 1, path);
      }
    },
    { viewport: { width: 390, height: 844 } },
  ));

test("numbers refresh by themselves, what somebody is busy with stays, and a button stops it", () =>
  stage.operate(async (page) => {
    const later = page.getByRole("region", { name: "Queues" }).getByRole("listitem").filter({ hasText: "later" });
    assert.match(await later.innerText(), /2 ready/);
    await page.getByText("The numbers").click();
    await stage.enqueue({ name: "nightly-report", payload: { day: "2026-06-01" }, queue: "later" });
    await until(async () => /3 ready/.test(await later.innerText()));
    assert.ok(await page.locator("#throughput-numbers").evaluate((details) => "open" in details && details.open));

    await page.goto("/requests");
    const selected = page.getByRole("checkbox").last();
    await selected.check();
    const refreshed = page.waitForResponse((response) => response.request().headers()["x-mayfly-refresh"] === "yes");
    await refreshed;
    assert.ok(await selected.isChecked());

    const live = page.getByRole("button", { name: "Live" });
    await live.click();
    assert.equal(await live.getAttribute("aria-pressed"), "false");
  }));

test("without scripts: signing in, filtering, enqueueing, cancelling and signing out", () =>
  stage.operate(
    async (page) => {
      assert.equal(await page.getByRole("button", { name: "Live" }).isVisible(), false);
      await page.goto("/results");
      await filter(page, { Status: "errored" });
      assert.equal((await rowsOf(page, /Finished attempts/)).length, 4);
      await page.goto("/enqueue?job=nightly-report");
      await page.getByLabel("day").fill("2026-06-02");
      await page.getByLabel("Delay").fill("1h");
      await page.getByRole("button", { name: "Enqueue" }).last().click();
      assert.match(await said(page), /The job is enqueued/);
      await page.getByText("Cancel…").click();
      await page.getByRole("button", { name: "Cancel this job" }).click();
      assert.equal(await said(page), "The job is cancelled.");
      await page.getByRole("button", { name: "Sign out" }).click();
      await page.waitForURL("**/sign-in");
    },
    { javaScriptEnabled: false },
  ));

test("the keyboard comes past the navigation to the content, and sees where it is", () =>
  stage.visit(async (page) => {
    await page.goto("/sign-in");
    await page.getByLabel("Operator token").focus();
    await page.keyboard.type("ada:a-token-for-tests");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
    await page.keyboard.press("Tab");
    const skip = page.getByRole("link", { name: "Skip to the content" });
    assert.ok(await skip.evaluate((link) => link.matches(":focus-visible")));
    assert.notEqual(await page.evaluate("getComputedStyle(document.activeElement).outlineStyle"), "none");
    await page.keyboard.press("Enter");
    assert.ok(await page.locator("main").evaluate((main) => main.matches(":focus")));
  }));
