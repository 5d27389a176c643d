/**
 * Every page, on what the starter has really done.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { newId } from "../../support/samples.ts";
import { DEAD_WORKER, type History, makeHistory } from "./history.ts";
import { filter, onStage, rowsOf, said, untilRunning } from "./stage.ts";

describe("every page", () => {
  let history: History;
  const stage = onStage(async (it) => {
    history = await makeHistory(it);
  });

  const count = async (where: string) => {
    const [row] = await stage.database.sql<{ n: number }>(`select count(*)::int as n from ${where}`);
    return row?.n ?? 0;
  };

  describe("the overview", () => {
    for (const [range, back] of [
      ["Last hour", "60 minutes"],
      ["Last day", "24 hours"],
      ["Last week", "7 days"],
    ] as const) {
      test(`${range}: what the chart adds up to is what there is`, () =>
        stage.operate(async (page) => {
          await page.getByRole("link", { name: range }).click();
          await page.getByRole("link", { name: range }).and(page.locator("[aria-current]")).waitFor();
          assert.ok(await page.getByRole("img", { name: /Finished attempts over time/ }).isVisible());
          for (const outcome of ["Successful", "Errored", "Lost", "Cancelled"]) {
            const text = await page.getByRole("list", { name: "Totals by status" }).getByRole("link", { name: outcome }).innerText();
            const [told, step] = [
              Number(text.replace(/\D/g, "")),
              range === "Last hour" ? "minute" : range === "Last day" ? "15 minutes" : "hour",
            ];
            const all = `mayfly.result where outcome = '${outcome.toLowerCase()}' and finished_at >=`;
            const least = await count(`${all} now() - interval '${back}'`);
            const most = await count(`${all} now() - interval '${back}' - interval '1 ${step.replace(/^\d+ /, "")}' * 15`);
            assert.ok(least <= told && told <= most, `${outcome}: ${least} to ${most}, not ${told}`);
          }
          await page.getByText("The numbers").click();
          assert.ok((await rowsOf(page, "Finished attempts by time and status")).length > 0);
        }));
    }

    test("says that all is well, how deep each queue is, and what comes next", () =>
      stage.operate(async (page) => {
        assert.match(await page.locator("#health").innerText(), /^All is well: a consumer was seen/);
        const queues = page.getByRole("region", { name: "Queues" }).getByRole("listitem");
        assert.match(
          (await queues.filter({ hasText: "later" }).innerText()).replace(/\s+/g, " "),
          /later Paused oldest waits .* 2 ready · 0 running · 0 scheduled/,
        );
        assert.match(
          (await queues.filter({ hasText: "default" }).innerText()).replace(/\s+/g, " "),
          /default none waits 0 ready · 0 running · 1 scheduled/,
        );
        assert.match(await page.getByRole("region", { name: "Next schedules" }).innerText(), /nightly-report\s+in \d+/);
        assert.equal(await page.getByRole("region", { name: "Times" }).getByText("p99").count(), 2);
      }));

    test("is narrowed to one queue from the page of queues, and widened again", () =>
      stage.operate(async (page) => {
        await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Queues" }).click();
        await page
          .getByRole("table", { name: /Queues/ })
          .getByRole("link", { name: "later" })
          .click();
        await page.getByRole("heading", { name: "Throughput of later" }).waitFor();
        assert.match(await page.getByRole("list", { name: "Totals by status" }).innerText(), /Successful\s+0/);
        await page.getByRole("link", { name: "All queues" }).click();
        await page.getByRole("heading", { name: "Throughput", exact: true }).waitFor();
      }));
  });

  describe("jobs that wait", () => {
    test("has all that wait, and each state by itself", () =>
      stage.operate(async (page) => {
        await page.goto("/waiting");
        assert.equal((await rowsOf(page, "Jobs that wait")).length, 3);
        await filter(page, { State: "scheduled" });
        const [scheduled = "", ...others] = await rowsOf(page, "Jobs that wait");
        assert.match(scheduled, /^nightly-report .* Scheduled default 2026-03-01 7 0 of 4 in 2 h/);
        assert.equal(others.length, 0);
        await filter(page, { State: "ready", Queue: "later" });
        assert.deepEqual(
          (await rowsOf(page, "Jobs that wait")).map((row) => row.split(" ")[0]),
          ["nightly-report", "welcome-user"],
        );
        for (const state of ["throttled", "parked"]) {
          await filter(page, { State: state });
          await page.getByText("No job waits.").waitFor();
        }
      }));

    test("can be narrowed by name, key, time and producer, and cleared", () =>
      stage.operate(async (page) => {
        await page.goto("/waiting");
        await filter(page, { Job: "nightly-report", Key: "2026-03-02" });
        assert.equal((await rowsOf(page, "Jobs that wait")).length, 1);
        await page.getByRole("link", { name: "Clear" }).click();
        await page.getByText("More", { exact: true }).click();
        await filter(page, { "Enqueued by": "token shop", "From (UTC)": "2026-01-01T00:00" });
        assert.equal((await rowsOf(page, "Jobs that wait")).length, 3);
        await filter(page, { "Before (UTC)": "2026-01-01T00:00" });
        await page.getByText("No job waits.").waitFor();
      }));
  });

  describe("results", () => {
    test("has each outcome by itself, with errors in words", () =>
      stage.operate(async (page) => {
        await page.goto("/results");
        for (const outcome of ["errored", "lost", "cancelled", "successful"]) {
          await filter(page, { Status: outcome });
          const rows = await rowsOf(page, /Finished attempts/);
          assert.equal(rows.length, Math.min(50, await count(`mayfly.result where outcome = '${outcome}'`)));
          const badge = `${outcome[0]?.toUpperCase()}${outcome.slice(1)}`;
          assert.ok(
            rows.every((row) => row.includes(badge)),
            rows.join("\n"),
          );
          if (outcome === "errored") assert.ok(rows.every((row) => row.includes("Error there is no user")));
          if (outcome === "lost") assert.match(rows[0] ?? "", /LostError worker .* stopped sending heartbeats/);
        }
        await filter(page, { Status: "deferred" });
        await page.getByText("No attempt has finished like this.").waitFor();
      }));

    test("of a job, only the last attempt where that is asked for", () =>
      stage.operate(async (page) => {
        await page.goto("/results?outcome=errored");
        assert.equal((await rowsOf(page, /Finished attempts/)).length, 4);
        await page.getByRole("link", { name: "Only the last of a job" }).click();
        await page.waitForURL(/final=yes/);
        const last = await rowsOf(page, /Finished attempts/);
        assert.equal(last.length, 2);
        assert.ok(last.every((row) => !row.includes("tries again")));
      }));

    test("are paged through, each attempt once", () =>
      stage.operate(async (page) => {
        await page.goto("/results?name=nightly-report");
        const seen: string[] = [];
        for (;;) {
          seen.push(
            ...(await page
              .getByRole("table", { name: /Finished attempts/ })
              .getByRole("rowheader")
              .locator("a")
              .evaluateAll((links) => links.map((link) => link.getAttribute("href") ?? ""))),
          );
          const older = page.getByRole("link", { name: "Older" });
          if ((await older.count()) === 0) break;
          const before = page.url();
          await older.click();
          await page.waitForURL((url) => url.href !== before);
        }
        assert.equal(seen.length, await count("mayfly.result where name = 'nightly-report'"));
        assert.equal(new Set(seen).size, await count("(select distinct id from mayfly.result where name = 'nightly-report') as one"));
        await page.getByRole("link", { name: "Back to the first" }).click();
        await page.waitForURL((url) => !url.searchParams.has("cursor"));
      }));

    test("of one worker, from the worker's own row", () =>
      stage.operate(async (page) => {
        await page.goto(`/results?outcome=lost`);
        await page.getByText("More", { exact: true }).click();
        await filter(page, { "Worker id": DEAD_WORKER });
        assert.equal((await rowsOf(page, /Finished attempts/)).length, 1);
      }));
  });

  describe("a job", () => {
    test("that waits tells when it is due, by whom, and under which key", () =>
      stage.operate(async (page) => {
        await page.goto(`/jobs/${history.scheduled}`);
        const facts = (await page.getByRole("region", { name: "Facts" }).innerText()).replace(/\s+/g, " ");
        assert.match(
          facts,
          /Queue default Priority 7 Attempts 0 of 4 Key 2026-03-01 Due in 2 h .* Enqueued by token shop From POST \/v1\/jobs/,
        );
        assert.match(await page.getByRole("region", { name: "Payload as JSON" }).innerText(), /"day": "2026-03-01"/);
      }));

    test("that runs tells since when, and where", async () => {
      const release = await stage.hold("report");
      try {
        const id = await stage.enqueue({ name: "nightly-report", payload: { day: "2026-04-01" } });
        await untilRunning(stage, 1);
        await stage.operate(async (page) => {
          await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Running" }).click();
          const [row = ""] = await rowsOf(page, "Jobs that run");
          assert.match(row, /^nightly-report .* Running default 2026-04-01 .* 1 of 4/);
          await page.getByRole("table", { name: "Jobs that run" }).getByRole("rowheader").getByRole("link").click();
          await page.waitForURL(`**/jobs/${id}`);
          await page.getByRole("heading", { name: /Attempt 1 runs/ }).waitFor();
          await page.goto("/workers?state=alive");
          assert.match((await rowsOf(page, /Workers/)).join("\n"), /Alive cloudflare default 1 /);
        });
      } finally {
        await release();
      }
      await stage.quiet();
    });

    test("that failed shows each attempt with its error and stack", () =>
      stage.operate(async (page) => {
        await page.goto(`/jobs/${history.errored}`);
        const attempts = page.getByRole("region", { name: "Attempts", exact: true });
        assert.equal(await attempts.getByRole("paragraph").filter({ hasText: "Error: there is no user" }).count(), 2);
        assert.match(await attempts.getByRole("heading", { name: /Attempt 2/ }).innerText(), /Attempt 2: errored after/);
        await attempts.getByText("Stack").last().click();
        assert.match(await page.getByRole("region", { name: "Stack of attempt 2" }).innerText(), /Error: there is no user[\s\S]*\n\s+at /);
      }));

    test("that was lost with its worker, and then done, shows both", () =>
      stage.operate(async (page) => {
        await page.goto(`/jobs/${history.lost}`);
        const attempts = await page.getByRole("region", { name: "Attempts", exact: true }).innerText();
        assert.match(attempts, /Attempt 1: lost[\s\S]*The next attempt was due at once[\s\S]*Attempt 2: successful[\s\S]*"signups": 0/);
      }));

    test("that was retried leads to its retry, and back", () =>
      stage.operate(async (page) => {
        await page.goto(`/jobs/${history.retried}`);
        await page.getByRole("link", { name: "Retried" }).click();
        await page.waitForURL(`**/jobs/${history.retry}`);
        await page
          .getByRole("region", { name: "Attempts", exact: true })
          .getByText(/To run .* once more/)
          .getByRole("link")
          .click();
        await page.waitForURL(`**/jobs/${history.retried}`);
      }));
  });

  test("workers: those that left, and none that are stale", () =>
    stage.operate(async (page) => {
      await page.goto("/workers");
      assert.ok((await rowsOf(page, /Workers/)).length > 0);
      await page.getByRole("link", { name: "Stale" }).click();
      await page.getByText("No worker is stale.").waitFor();
      await page.getByRole("link", { name: "Left" }).click();
      await page.waitForURL(/state=left/);
      assert.ok((await rowsOf(page, /Workers/)).every((row) => row.includes("Left cloudflare")));
    }));

  test("schedules: when, what, next and last, which leads to its job", () =>
    stage.operate(async (page) => {
      await page.goto("/schedules");
      const [row = "", ...others] = await rowsOf(page, /Schedules/);
      assert.match(row, /^nightly-report On 0 0 \* \* \* UTC nightly-report in \d+ .* ago Run now/);
      assert.equal(others.length, 0);
      await page
        .getByRole("table", { name: /Schedules/ })
        .getByRole("link", { name: /ago/ })
        .click();
      await page.getByRole("heading", { level: 1, name: "nightly-report" }).waitFor();
      assert.match(await page.getByRole("region", { name: "Facts" }).innerText(), /mayfly\.ts:\d+|schedule/);
    }));

  test("queues: open and paused, with what waits", () =>
    stage.operate(async (page) => {
      await page.goto("/queues");
      const rows = await rowsOf(page, /Queues/);
      assert.match(rows[0] ?? "", /^default Open 0 – none 0 1 Pause/);
      assert.match(rows[1] ?? "", /^later Paused .* 2 .* 0 0 Resume/);
      await page.getByRole("row", { name: /later/ }).getByRole("link", { name: "2", exact: true }).click();
      await page.waitForURL(/waiting\?queue=later&state=ready/);
    }));

  test("the search finds a job by its id, whatever its case, jobs by their key, and nothing", () =>
    stage.operate(async (page) => {
      const search = async (text: string) => {
        await page.getByRole("searchbox").fill(text);
        await page.getByRole("searchbox").press("Enter");
      };
      await search(` ${history.successful.toUpperCase()} `);
      await page.waitForURL(`**/jobs/${history.successful}`);
      await search("2026-01-31");
      await page.waitForURL("**/results?key=2026-01-31");
      assert.equal((await rowsOf(page, /Finished attempts/)).length, 1);
      await page.getByText("Live jobs with this key").waitFor();
      await search(newId());
      await page.getByText("There is no such job, or its results have been removed.").waitFor();
    }));

  test("what is not there is told, with a way back", () =>
    stage.operate(async (page) => {
      assert.equal((await page.goto("/queues/nowhere"))?.status(), 404);
      await page.getByRole("heading", { level: 1, name: "Not found" }).waitFor();
      await page.getByRole("link", { name: "Back to the overview" }).click();
      await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
    }));

  test("signing in: a wrong token is refused, the right one leads to where one wanted to go, and signing out ends it", () =>
    stage.visit(async (page) => {
      const failures = () => count("mayfly.sign_in cross join generate_series(1, failures)");
      const before = await failures();
      await page.goto("/results?outcome=errored");
      await page.waitForURL(/sign-in\?next=/);
      await page.getByLabel("Operator token").fill("a guess");
      await page.getByRole("button", { name: "Sign in" }).click();
      assert.equal(await said(page), "That token is not one of those in force.");
      assert.equal(await failures(), before + 1);
      await page.getByLabel("Operator token").fill("ada:a-token-for-tests");
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.waitForURL("**/results?outcome=errored");
      await page.getByRole("button", { name: "Sign out" }).click();
      await page.waitForURL("**/sign-in");
      await page.goto("/queues");
      await page.waitForURL(/sign-in\?next=%2Fqueues/);
    }));
});
