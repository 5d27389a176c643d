/**
 * For everybody: by axe's rules in light and dark, on a phone, by keyboard, without scripts, and while it refreshes itself.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Page } from "playwright-core";
import { violationsOn } from "../../support/axe.ts";
import { until } from "../../support/condition.ts";
import { type History, makeHistory } from "./history.ts";
import { filter, onStage, rowsOf, said, signIn, untilRunning } from "./stage.ts";

describe("for everybody", () => {
  let history: History;
  const stage = onStage(async (it) => {
    history = await makeHistory(it);
  });

  /** Every page, with rows where it has any and without. */
  function paths(): string[] {
    const jobs = [history.scheduled, history.errored, history.retried, history.cancelled, history.lost];
    return [
      ...["/", "/waiting", "/waiting?state=throttled&since=2026-01-01T00:00"],
      ...["/results?outcome=errored", "/results?outcome=deferred&final=yes", "/results/retry", "/results/retry?name=nothing"],
      ...jobs.map((id) => `/jobs/${id}`),
      ...["/running", "/workers?state=stale", "/schedules", "/queues"],
      ...["/enqueue", "/enqueue?job=nightly-report", "/queues/nowhere", "/sign-in"],
    ];
  }

  /** Pages that an action leads to, and what is under way. */
  const REACHED: Readonly<Record<string, (page: Page) => Promise<unknown>>> = {
    "a refused form": async (page) => {
      await page.goto("/enqueue?job=welcome-user");
      await page.getByLabel("userId").fill("nobody");
      await page.getByRole("button", { name: "Enqueue" }).click();
      await page.getByRole("alert").waitFor();
    },
    "the question before cancelling": async (page) => {
      await page.goto("/waiting");
      await page.getByRole("checkbox").first().check();
      await page.getByRole("button", { name: "Cancel the selected…" }).click();
      await page.getByRole("heading", { level: 1, name: "Cancel 1 job?" }).waitFor();
    },
    "a job about to be cancelled": async (page) => {
      await page.goto(`/jobs/${history.scheduled}`);
      await page.getByText("Cancel…").click();
    },
    "a job with all of its details": async (page) => {
      await page.goto(`/jobs/${history.errored}`);
      for (const stack of await page.getByText("Stack").all()) await stack.click();
    },
    "all filters": async (page) => {
      await page.goto("/results?outcome=lost");
      await page.getByText("More", { exact: true }).click();
    },
    "what an action has said": async (page) => {
      await page.goto("/queues");
      await page.getByRole("button", { name: "Resume later" }).click();
      await page.getByRole("status").waitFor();
      await page.getByRole("button", { name: "Pause later" }).click();
      await page.getByRole("status").waitFor();
    },
  };

  async function whileOneRuns(use: (id: string) => Promise<void>): Promise<void> {
    const release = await stage.hold("report");
    try {
      await stage.enqueue({ name: "nightly-report", payload: { day: "2026-04-02" } });
      const [id = ""] = await untilRunning(stage, 1);
      await use(id);
    } finally {
      await release();
    }
    await stage.quiet();
  }

  const DESK = { width: 1_280, height: 800 };
  const PHONE = { width: 390, height: 844 };

  /** What can be pressed or filled in, and is beside the screen. */
  const OUT_OF_REACH = `[...document.querySelectorAll("main :is(a, button, summary, select, input:not([type=hidden]))")]
  .filter((control) => {
    const { left, right, width } = control.getBoundingClientRect();
    return control.checkVisibility() && width > 0 && (left < 0 || right > innerWidth);
  })
  .map((control) => control.outerHTML)`;

  /** What is wrong with a page, at a desk and on a phone. */
  async function wrongWith(page: Page): Promise<string[]> {
    const found = await violationsOn(page);
    if ((await page.getByRole("heading", { level: 1 }).count()) !== 1) found.push("not one heading of the first rank");
    await page.setViewportSize(PHONE);
    if (!(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"))) found.push("wider than a phone");
    found.push(...(await page.evaluate<string[]>(OUT_OF_REACH)).map((control) => `out of a phone's reach: ${control}`));
    await page.setViewportSize(DESK);
    return found.map((one) => `${page.url()}: ${one}`);
  }

  test("axe finds nothing on any page, light or dark; each has one title, and fits a phone", () =>
    stage.operate(
      async (page) => {
        const found: string[] = [];
        for (const path of paths()) {
          await page.goto(path);
          found.push(...(await wrongWith(page)));
        }
        for (const go of Object.values(REACHED)) {
          await go(page);
          found.push(...(await wrongWith(page)));
        }
        await whileOneRuns(async (id) => {
          for (const path of ["/running", `/jobs/${id}`, "/workers"]) {
            await page.goto(path);
            found.push(...(await wrongWith(page)));
          }
        });
        assert.deepEqual(found, []);
      },
      { viewport: DESK, reducedMotion: "reduce" },
    ));

  describe("by keyboard", () => {
    test("the content is one key away, past the navigation", () =>
      stage.operate(async (page) => {
        await page.keyboard.press("Tab");
        assert.ok(await page.getByRole("link", { name: "Skip to the content" }).evaluate((link) => link.matches(":focus")));
        await page.keyboard.press("Enter");
        assert.ok(await page.getByRole("main").evaluate((main) => main.matches(":focus")));
      }));

    test("whatever has the focus shows it, on every page, and nothing keeps it", () =>
      stage.operate(async (page) => {
        for (const path of [
          "/",
          "/waiting",
          "/results?outcome=errored",
          "/queues",
          `/jobs/${history.errored}`,
          "/enqueue?job=nightly-report",
        ]) {
          await page.goto(path);
          const seen = new Set<string>();
          let last = "";
          for (let presses = 0; presses < 200; presses++) {
            await page.keyboard.press("Tab");
            const focus = await page.evaluate<{ path: string; shown: boolean }>(FOCUS);
            // A field for a date has several stops of its own, which Chromium shows.
            if (focus.path === last && focus.path !== "") continue;
            if (focus.path === "" || seen.has(focus.path)) break;
            last = focus.path;
            seen.add(focus.path);
            assert.ok(focus.shown, `${path}: ${focus.path}`);
          }
          const reachable = await page.locator(REACHABLE).count();
          assert.ok(seen.size >= reachable, `${path}: ${seen.size} of ${reachable}`);
        }
      }));

    test("a job is cancelled", () =>
      stage.operate(async (page) => {
        const id = await stage.enqueue({ name: "nightly-report", payload: { day: "2026-09-01" }, delay: "1d" });
        await page.goto(`/jobs/${id}`);
        await page.getByText("Cancel…").focus();
        await page.keyboard.press("Enter");
        await page.keyboard.press("Tab");
        await page.keyboard.press("Enter");
        assert.equal(await said(page), "The job is cancelled.");
      }));
  });

  /** What can be pressed or filled in. */
  const REACHABLE = ["a[href]", "button", "input:not([type=hidden])", "select", "summary"].map((one) => `${one}:visible`).join(", ");

  /** What has the focus, told from all else, and whether one sees that it has. */
  const FOCUS = `(() => {
  const one = document.activeElement;
  if (!one || one === document.body) return { path: "", shown: true };
  const path = [];
  for (let at = one; at.parentElement; at = at.parentElement) path.unshift(at.tagName + [...at.parentElement.children].indexOf(at));
  const style = getComputedStyle(one);
  return { path: path.join(" "), shown: one.matches(":focus-visible") && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 };
})()`;

  test("without scripts: signing in, filtering, enqueuing, cancelling and signing out work", () =>
    stage.visit(
      async (page) => {
        await signIn(page);
        assert.equal(await page.getByRole("button", { name: "Live" }).count(), 0);
        await page.goto("/results");
        await filter(page, { Status: "errored" });
        assert.ok((await rowsOf(page, /Finished attempts/)).every((row) => row.includes("Errored")));
        await page.goto("/enqueue?job=nightly-report");
        await page.getByLabel("day").fill("2026-09-02");
        await page.getByLabel("Delay").fill("1d");
        await page.getByRole("button", { name: "Enqueue" }).click();
        assert.match(await said(page), /^The job is enqueued/);
        await page.getByText("Cancel…").click();
        await page.getByRole("button", { name: "Cancel this job" }).click();
        assert.equal(await said(page), "The job is cancelled.");
        await page.getByRole("button", { name: "Sign out" }).click();
        await page.waitForURL("**/sign-in");
      },
      { javaScriptEnabled: false },
    ));

  describe("while it refreshes itself", () => {
    /** Lets five seconds pass at once, and waits for what they bring. */
    const refresh = async (page: Page) => {
      const answered = page.waitForResponse((response) => response.request().headers()["x-mayfly-refresh"] === "yes");
      await page.clock.runFor(5_100);
      await (await answered).finished();
    };

    test("numbers follow what happens, without a reload, and what was opened stays so", () =>
      stage.operate(async (page) => {
        await page.clock.install();
        await page.goto("/");
        await page.evaluate("globalThis.sameDocument = true");
        await page.getByText("The numbers").click();
        const depth = page.getByRole("region", { name: "Queues" }).getByRole("listitem").filter({ hasText: "later" });
        assert.match(await depth.innerText(), /2 ready/);
        await stage.enqueue({ name: "nightly-report", payload: { day: "2026-09-03" }, queue: "later" });
        await refresh(page);
        await depth.getByText("3 ready").waitFor();
        assert.ok(await page.locator("#throughput-numbers").evaluate((details) => "open" in details && details.open));
        assert.ok(await page.evaluate("globalThis.sameDocument"));
      }, {}));

    test("it stops when it is told to, and goes on", () =>
      stage.operate(async (page) => {
        await page.clock.install();
        await page.goto("/");
        let asked = 0;
        page.on("request", (request) => {
          if (request.headers()["x-mayfly-refresh"] === "yes") asked++;
        });
        const live = page.getByRole("button", { name: "Live" });
        await live.click();
        assert.equal(await live.getAttribute("aria-pressed"), "false");
        await page.clock.runFor(60_000);
        assert.equal(asked, 0);
        await live.click();
        await until(() => asked > 0);
      }, {}));

    test("a selection and what is being typed outlive it, beside rows that are new", () =>
      stage.operate(async (page) => {
        await page.clock.install();
        await page.goto("/waiting");
        await page.getByRole("checkbox").first().check();
        await page.getByLabel("Key", { exact: true }).pressSequentially("half a k");
        await refresh(page);
        // The answer is swapped in before the next one is asked for.
        await refresh(page);
        assert.ok(await page.getByRole("checkbox").first().isChecked());
        const key = page.getByLabel("Key", { exact: true });
        assert.deepEqual([await key.inputValue(), await key.evaluate((input) => input.matches(":focus"))], ["half a k", true]);
      }, {}));
  });
});
