/**
 * Everything that an operator can do, on what the starter has really done: what the page says of it, and what the database holds.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Page } from "playwright-core";
import { until } from "../../support/condition.ts";
import { onStage, rowsOf, said, untilRunning } from "./stage.ts";

const stage = onStage(async (it) => {
  await it.tick();
  await it.send("/v1/queues/later/pause", {}, "ada:a-token-for-tests");
});

const later = (day: string, more: object = {}) => stage.enqueue({ name: "nightly-report", payload: { day }, queue: "later", ...more });

async function stateOf(id: string): Promise<string> {
  const response = await stage.send(`/v1/jobs/${id}`, undefined, "ada:a-token-for-tests");
  return ((await response.json()) as { state: string }).state;
}

/** Lets the cron trigger fire until it is so. */
async function untilHolds(condition: () => Promise<boolean>): Promise<void> {
  await until(async () => {
    await stage.tick();
    return await condition();
  });
}

/** A job that fails for real: nobody has signed up under its user. */
async function failed(): Promise<string> {
  const id = await stage.enqueue({ name: "welcome-user", payload: { userId: crypto.randomUUID() }, retries: 0 });
  await untilHolds(async () => (await stateOf(id)) === "errored");
  return id;
}

async function cancelHere(page: Page): Promise<string> {
  await page.getByText("Cancel…").click();
  await page.getByRole("button", { name: "Cancel this job" }).click();
  return await said(page);
}

describe("enqueue", () => {
  test("from a form made of the job's schema: what is wrong comes back beside its field, what is right goes in once", () =>
    stage.operate(async (page) => {
      await page.getByRole("link", { name: "Enqueue" }).click();
      await page.getByRole("link", { name: /nightly-report/ }).click();
      await page.getByLabel("day").evaluate((input) => input.removeAttribute("type"));
      await page.getByLabel("day").fill("yesterday");
      await page.getByLabel("Queue").fill("later");
      await page.getByLabel("Priority").fill("3");
      await page.getByRole("button", { name: "Enqueue" }).last().click();
      assert.match(await said(page), /Nothing was enqueued/);
      assert.equal(await page.getByLabel("day").getAttribute("aria-invalid"), "true");
      assert.equal(await page.getByLabel("Priority").inputValue(), "3");
      await page.getByLabel("day").fill("2026-05-01");
      await page.getByRole("button", { name: "Enqueue" }).last().click();
      assert.match(await said(page), /The job is enqueued/);
      const rows = await stage.database.sql(
        "select queue, priority, payload, created_by from mayfly.job where name = 'nightly-report' and payload ->> 'day' = '2026-05-01'",
      );
      assert.deepEqual(rows, [{ queue: "later", priority: 3, payload: { day: "2026-05-01" }, created_by: "ada" }]);
    }));
});

describe("cancel", () => {
  test("a job that waits: it has ended, and a second time says so", async () => {
    const id = await later("2026-05-02");
    await stage.operate(async (page) => {
      await page.goto(`/jobs/${id}`);
      assert.equal(await cancelHere(page), "The job is cancelled.");
    });
    assert.equal(await stateOf(id), "cancelled");
  });

  test("a job that has moved on since one looked: nothing is done, and the page says what it is now", async () => {
    const id = await later("2026-05-03");
    await stage.operate(async (page) => {
      await page.goto(`/jobs/${id}`);
      await stage.database.sql(
        "update mayfly.job set attempt = 1, run_at = now() + interval '1 hour', ready_at = null, state = 'scheduled' where id = $1",
        [id],
      );
      assert.match(await cancelHere(page), /The job has moved on since you looked/);
    });
    assert.equal(await stateOf(id), "scheduled");
  });

  test("a job that runs: its handler is told to stop, and it ends as cancelled", async () => {
    const release = await stage.hold("report");
    try {
      const id = await stage.enqueue({ name: "nightly-report", payload: { day: "2026-05-04" } });
      await untilRunning(stage, 1);
      await stage.operate(async (page) => {
        await page.goto(`/jobs/${id}`);
        assert.match(await cancelHere(page), /The job is told to stop/);
        await page.getByText("Stopping").waitFor();
      });
      const [row] = await stage.database.sql<{ asked: boolean }>(
        "select cancel_requested_at is not null as asked from mayfly.job where id = $1",
        [id],
      );
      assert.ok(row?.asked);
    } finally {
      await release();
    }
    await stage.quiet();
  });

  test("many at once, after a question", async () => {
    const ids = [await later("2026-05-05"), await later("2026-05-06")];
    await stage.operate(async (page) => {
      await page.goto("/requests?queue=later&state=ready");
      for (const id of ids) await page.getByRole("checkbox", { name: new RegExp(id) }).check();
      await page.getByRole("button", { name: "Cancel the selected" }).click();
      await page.getByRole("heading", { level: 1, name: "Cancel 2 jobs?" }).waitFor();
      await page.getByRole("button", { name: "Cancel 2 jobs" }).click();
      assert.match(await said(page), /2 jobs/);
    });
    for (const id of ids) assert.equal(await stateOf(id), "cancelled");
  });
});

describe("retry", () => {
  test("one: a new job, which leads back; a second time nothing is added", async () => {
    const id = await failed();
    await stage.operate(async (page) => {
      await page.goto(`/jobs/${id}`);
      await page.getByRole("button", { name: "Retry" }).click();
      assert.match(await said(page), /^The job runs once more, as a new one\./);
      await page.goto(`/jobs/${id}`);
      assert.equal(await page.getByRole("button", { name: "Retry" }).count(), 0);
      assert.ok(await page.getByRole("link", { name: "Retried" }).isVisible());
    });
    await untilHolds(async () => (await stage.database.sql("select from mayfly.result where retry_of = $1", [id])).length === 1);
  });

  test("those that were selected", async () => {
    const ids = [await failed(), await failed()];
    await stage.operate(async (page) => {
      await page.goto("/results?outcome=errored");
      for (const id of ids) await page.getByRole("checkbox", { name: new RegExp(id) }).check();
      await page.getByRole("button", { name: "Retry the selected" }).click();
      assert.match(await said(page), /2 jobs/);
    });
    const retried = await stage.database.sql("select from mayfly.result where id = any ($1) and retried_as is not null", [ids]);
    assert.equal(retried.length, 2);
    await untilHolds(async () => (await stage.database.sql("select from mayfly.result where retry_of = any ($1)", [ids])).length === 2);
  });

  test("all that match, with their number first; those that come later are left alone", async () => {
    for (let jobs = 0; jobs < 3; jobs++) await failed();
    const [row] = await stage.database.sql<{ n: number }>(
      "select count(*)::int as n from mayfly.result where outcome = 'errored' and retried_as is null and retry_at is null",
    );
    const matching = row?.n ?? 0;
    await stage.operate(async (page) => {
      await page.goto("/results?outcome=errored");
      await page.getByRole("link", { name: "Retry all that match" }).click();
      await page.getByRole("heading", { level: 1, name: `Retry ${matching} jobs?` }).waitFor();
      const latecomer = await failed();
      await page.getByRole("button", { name: `Retry ${matching} jobs` }).click();
      assert.match(await said(page), new RegExp(`${matching} jobs`));
      const spared = await stage.database.sql("select from mayfly.result where id = $1 and retried_as is null", [latecomer]);
      assert.equal(spared.length, 1);
    });
  });
});

describe("schedules and queues", () => {
  test("a schedule runs now, is paused and resumed, and the database knows", () =>
    stage.operate(async (page) => {
      await page.goto("/schedules");
      await page.getByRole("button", { name: "Run now" }).click();
      assert.match(await said(page), /The job of nightly-report is enqueued/);
      await page.goto("/schedules");
      await page.getByRole("button", { name: "Pause" }).click();
      assert.match(await said(page), /The schedule nightly-report is paused/);
      const paused = () => stage.database.sql("select from mayfly.schedule where paused_at is not null");
      assert.equal((await paused()).length, 1);
      assert.match((await rowsOf(page, /Schedules/))[0] ?? "", /Paused/);
      await page.getByRole("button", { name: "Resume" }).click();
      assert.match(await said(page), /is on again/);
      assert.equal((await paused()).length, 0);
    }));

  test("a queue is paused: its jobs wait; resumed, they run", () =>
    stage.operate(async (page) => {
      await page.goto("/queues");
      await page
        .getByRole("row", { name: /default/ })
        .getByRole("button", { name: "Pause" })
        .click();
      assert.match(await said(page), /The queue default is paused/);
      const id = await stage.enqueue({ name: "nightly-report", payload: { day: "2026-05-09" } });
      await stage.tick();
      assert.equal(await stateOf(id), "ready");
      await page
        .getByRole("row", { name: /default/ })
        .getByRole("button", { name: "Resume" })
        .click();
      assert.match(await said(page), /The queue default is open again/);
      await stage.tick();
      assert.equal(await stateOf(id), "successful");
    }));
});
