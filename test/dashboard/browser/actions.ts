/**
 * Everything that can be done, by what the page says and by what the database holds.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Page } from "playwright-core";
import { until } from "../../support/condition.ts";
import { OPERATOR } from "../../support/deployment.ts";
import { filter, onStage, rowsOf, said, untilRunning } from "./stage.ts";

describe("what can be done", () => {
  const stage = onStage((it) => it.tick());

  const nobody = () => crypto.randomUUID();
  const later = (day: string) => stage.enqueue({ name: "nightly-report", payload: { day }, delay: "1d" });

  interface Row {
    readonly state: string;
    readonly queue: string;
    readonly priority: number;
    readonly key: string | null;
    readonly created_by: string;
    readonly source: string;
    readonly payload: unknown;
  }

  const jobsWith = (key: string) =>
    stage.database.sql<Row>(
      `select l.state, l.queue, l.priority, j.key, j.created_by, j.source, j.payload
     from mayfly.live l
     join mayfly.job j on j.id = l.id
     where j.key = $1 and l.ended is not true`,
      [key],
    );

  async function outcomesOf(id: string): Promise<string[]> {
    const rows = await stage.database.sql<{ outcome: string }>("select outcome from mayfly.result where id = $1 order by finished_at", [
      id,
    ]);
    return rows.map(({ outcome }) => outcome);
  }

  /** Jobs that have failed for good: each greets somebody who is not there. */
  async function failMany(count: number, queue = "default"): Promise<string[]> {
    const ids = Array.from({ length: count }, nobody);
    await stage.send("/v1/jobs", {
      jobs: ids.map((id) => ({ id, name: "welcome-user", payload: { userId: nobody() }, retries: 0, queue })),
    });
    await until(async () => {
      await stage.tick();
      return (await stage.database.sql("select from mayfly.result where id = any ($1)", [ids])).length === count;
    });
    return ids;
  }

  const followers = (ids: readonly string[]) =>
    stage.database.sql<{ retry_of: string }>("select retry_of from mayfly.job where retry_of = any ($1)", [ids]);

  describe("enqueuing by the form", () => {
    const open = async (page: Page, job: string) => {
      await page.getByRole("link", { name: "Enqueue", exact: true }).click();
      await page.getByRole("link", { name: job }).click();
      await page.getByRole("heading", { level: 1, name: `Enqueue ${job}` }).waitFor();
    };

    test("puts the job in as it was asked for, signed by whoever did", () =>
      stage.operate(async (page) => {
        await open(page, "nightly-report");
        await page.getByLabel("day").fill("2026-05-01");
        await page.getByLabel("Queue").fill("special");
        await page.getByLabel("Priority").fill("5");
        await page.getByLabel("Delay").fill("2h");
        await page.getByRole("textbox", { name: "Key optional" }).fill("from-the-form");
        await page.getByRole("button", { name: "Enqueue" }).click();
        assert.match(await said(page), /^The job is enqueued\./);
        await page.getByRole("heading", { level: 1, name: "nightly-report" }).waitFor();
        const [job] = await jobsWith("from-the-form");
        assert.deepEqual(job, {
          state: "scheduled",
          queue: "special",
          priority: 5,
          key: "from-the-form",
          created_by: OPERATOR.name,
          source: "dashboard",
          payload: { day: "2026-05-01" },
        });
      }));

    test("says beside the field what is wrong, keeps what was typed, and puts nothing in", () =>
      stage.operate(async (page) => {
        await open(page, "welcome-user");
        await page.getByLabel("userId").fill("not an id");
        await page.getByLabel("Delay").fill("soon");
        await page.getByRole("textbox", { name: "Key optional" }).fill("refused");
        await page.getByRole("button", { name: "Enqueue" }).click();
        assert.match(await said(page), /^Nothing was enqueued: look at what is marked/);
        const [user, delay] = [page.getByLabel("userId"), page.getByLabel("Delay")];
        assert.deepEqual([await user.inputValue(), await user.getAttribute("aria-invalid")], ["not an id", "true"]);
        assert.deepEqual([await delay.inputValue(), await delay.getAttribute("aria-invalid")], ["soon", "true"]);
        assert.match(await page.locator(`[id="${(await user.getAttribute("aria-describedby"))?.split(" ").at(-1)}"]`).innerText(), /UUID/i);
        assert.deepEqual(await jobsWith("refused"), []);
      }));

    test("tells when another job holds the key, and leads to it", () =>
      stage.operate(async (page) => {
        const id = await later("2026-05-02");
        await open(page, "nightly-report");
        await page.getByLabel("day").fill("2026-05-02");
        await page.getByRole("button", { name: "Enqueue" }).click();
        assert.match(await said(page), /^The job did not go in: another live job holds its key\./);
        assert.ok(page.url().endsWith(`/jobs/${id}`));
        assert.equal((await jobsWith("2026-05-02")).length, 1);
      }));

    test("sent twice, puts it in once", () =>
      stage.operate(async (page) => {
        await open(page, "nightly-report");
        await page.getByLabel("day").fill("2026-05-03");
        await page.getByLabel("Delay").fill("1h");
        const sending = page.waitForRequest((request) => request.method() === "POST");
        await page.getByRole("button", { name: "Enqueue" }).click();
        assert.match(await said(page), /^The job is enqueued\./);
        const sent = await sending;
        await page.request.post(sent.url(), {
          data: sent.postData() ?? "",
          headers: { "content-type": "application/x-www-form-urlencoded", origin: stage.url },
          maxRedirects: 0,
        });
        await page.reload();
        assert.match(await said(page), /enqueued before; nothing was added/);
        assert.equal((await jobsWith("2026-05-03")).length, 1);
      }));
  });

  describe("cancelling", () => {
    const cancel = async (page: Page) => {
      await page.getByText("Cancel…").click();
      await page.getByRole("button", { name: "Cancel this job" }).click();
    };

    test("a job that waits ends it", () =>
      stage.operate(async (page) => {
        const id = await later("2026-06-01");
        await page.goto(`/jobs/${id}`);
        await cancel(page);
        assert.equal(await said(page), "The job is cancelled.");
        assert.deepEqual([await outcomesOf(id), await jobsWith("2026-06-01")], [["cancelled"], []]);
        await page.getByRole("heading", { name: "Cancelled before it started" }).waitFor();
      }));

    test("a job that runs tells it to stop, and it is not tried again", () =>
      stage.operate(async (page) => {
        const release = await stage.hold("report");
        const releaseOther = await stage.hold("email");
        const [id, other] = [nobody(), nobody()];
        try {
          const user = await stage.database.sql<{ id: string }>(
            "insert into app_user values (gen_random_uuid(), 'running@example.com') returning id",
          );
          await stage.send("/v1/jobs", {
            jobs: [
              { id, name: "nightly-report", payload: { day: "2026-06-02" } },
              { id: other, name: "welcome-user", payload: { userId: user[0]?.id } },
            ],
          });
          await untilRunning(stage, 2);
          await page.goto("/running");
          await page.getByRole("link", { name: /nightly-report/ }).click();
          await cancel(page);
          assert.match(await said(page), /^The job is told to stop/);
          await page.getByText("Stopping").waitFor();
          assert.equal((await stage.database.sql("select from mayfly.cancel where id = $1", [id])).length, 1);
          await page.goto("/running");
          assert.match((await rowsOf(page, "Jobs that run")).find((one) => one.startsWith("nightly-report")) ?? "", /Stopping/);
        } finally {
          // What the other has to tell is sooner than a heartbeat.
          await releaseOther();
        }
        await until(async () => (await outcomesOf(id)).length > 0);
        assert.deepEqual([await outcomesOf(id), await outcomesOf(other)], [["cancelled"], ["successful"]]);
        await release();
        await page.goto(`/jobs/${id}`);
        await page.getByRole("heading", { name: /Attempt 1: cancelled/ }).waitFor();
      }));

    test("a job that has moved on since the page was shown is not done", () =>
      stage.operate(async (page) => {
        const id = await stage.enqueue({ name: "nightly-report", payload: { day: "2026-06-03" }, delay: "1h" });
        await page.goto(`/jobs/${id}`);
        await page.getByText("Cancel…").click();
        await stage.database.sql("update mayfly.scheduled set run_at = now() where id = $1", [id]);
        await stage.tick();
        await page.getByRole("button", { name: "Cancel this job" }).click();
        assert.equal(await said(page), "The job has moved on since you looked: it is successful now. Nothing was done.");
        assert.deepEqual(await outcomesOf(id), ["successful"]);
      }));

    test("several asks first, and tells of one that had ended meanwhile", () =>
      stage.operate(async (page) => {
        const ids = [await later("2026-06-10"), await later("2026-06-11"), await later("2026-06-12")];
        await page.goto("/waiting");
        await filter(page, { Job: "nightly-report" });
        for (const id of ids) await page.getByRole("checkbox", { name: `Select nightly-report ${id}` }).check();
        await page.getByRole("button", { name: "Cancel the selected…" }).click();
        await page.getByRole("heading", { level: 1, name: "Cancel 3 jobs?" }).waitFor();
        assert.deepEqual(await outcomesOf(ids[0] ?? ""), []);
        await stage.database.sql("update mayfly.scheduled set run_at = now() where id = $1", [ids[2]]);
        await stage.tick();
        await page.getByRole("button", { name: "Cancel 3 jobs" }).click();
        assert.equal(await said(page), "2 jobs cancelled. 1 job had moved on and ended before.");
        await page.waitForURL(/waiting\?.*name=nightly-report/);
        assert.deepEqual(await Promise.all(ids.map(outcomesOf)), [["cancelled"], ["cancelled"], ["successful"]]);
        await later("2026-06-13");
        await page.goto("/waiting");
        await page.getByRole("button", { name: "Cancel the selected…" }).click();
        assert.equal(await said(page), "No job was selected.");
      }));
  });

  describe("retrying", () => {
    test("one job makes a new one, which does it", () =>
      stage.operate(async (page) => {
        const [id = ""] = await failMany(1);
        await stage.database.sql("insert into app_user select (payload ->> 'userId')::uuid, id::text from mayfly.results where id = $1", [
          id,
        ]);
        await page.goto(`/jobs/${id}`);
        await page.getByRole("button", { name: "Retry" }).click();
        assert.match(await said(page), /^The job runs once more, as a new one\./);
        await page.getByRole("link", { name: "Show the job" }).click();
        await page.getByText(/To run .* once more/).waitFor();
        await stage.tick();
        await stage.quiet();
        const retry = new URL(page.url()).pathname.split("/").at(-1) ?? "";
        assert.deepEqual([(await followers([id])).length, await outcomesOf(retry)], [1, ["successful"]]);
      }));

    test("a job that somebody else has retried meanwhile is told", () =>
      stage.operate(async (page) => {
        const [id = ""] = await failMany(1);
        await page.goto(`/jobs/${id}`);
        await stage.send(`/v1/jobs/${id}/retry`, {}, OPERATOR.token);
        await page.getByRole("button", { name: "Retry" }).click();
        assert.match(await said(page), /^The job was retried before\. Nothing was added\./);
        assert.equal((await followers([id])).length, 1);
      }));

    test("the selected, and no others", () =>
      stage.operate(async (page) => {
        const ids = await failMany(3);
        await page.goto("/results?outcome=errored");
        for (const id of ids.slice(0, 2)) await page.getByRole("checkbox", { name: `Select welcome-user ${id}` }).check();
        await page.getByRole("button", { name: "Retry the selected" }).click();
        assert.equal(await said(page), "2 jobs went in.");
        assert.deepEqual((await followers(ids)).map((row) => row.retry_of).sort(), ids.slice(0, 2).sort());
      }));

    test("all that match, after their number", () =>
      stage.operate(async (page) => {
        await stage.tick();
        await stage.quiet();
        await stage.database.sql("truncate mayfly.result");
        const ids = await failMany(7);
        await stage.enqueue({ name: "nightly-report", payload: { day: "2026-07-01" } });
        await stage.tick();
        await page.goto("/results");
        await filter(page, { Status: "errored", Job: "welcome-user" });
        await page.getByRole("link", { name: "Retry all that match…" }).click();
        await page.getByRole("heading", { level: 1, name: "Retry 7 jobs?" }).waitFor();
        assert.match((await page.getByRole("main").getByRole("listitem").innerText()).replace(/\s+/g, " "), /welcome-user Errored 7/);
        assert.deepEqual(await followers(ids), []);
        await page.getByRole("button", { name: "Retry 7 jobs" }).click();
        assert.equal(await said(page), "7 jobs went in.");
        assert.equal((await followers(ids)).length, 7);
        await page.goto("/results/retry?name=no-such-job");
        await page.getByRole("heading", { level: 1, name: "Nothing to retry" }).waitFor();
      }));
  });

  describe("levers", () => {
    test("a paused queue keeps what is ready, and an open one lets it go", () =>
      stage.operate(async (page) => {
        await page.goto("/queues");
        await page.getByRole("button", { name: "Pause default" }).click();
        assert.equal(await said(page), "The queue default is paused; what runs goes on.");
        const id = await stage.enqueue({ name: "nightly-report", payload: { day: "2026-08-01" } });
        await stage.tick();
        assert.equal((await jobsWith("2026-08-01"))[0]?.state, "ready");
        await page.getByRole("button", { name: "Resume default" }).click();
        assert.equal(await said(page), "The queue default is open again.");
        await stage.tick();
        assert.deepEqual(await outcomesOf(id), ["successful"]);
      }));

    test("a paused schedule does not fire, and one that is on again does", () =>
      stage.operate(async (page) => {
        const schedule = async () =>
          (
            await stage.database.sql<{ fires: string; paused: boolean }>(
              "select fire_count as fires, paused_at is not null as paused from mayfly.schedule",
            )
          )[0];
        const due = () => stage.database.sql("update mayfly.schedule set next_at = now() - interval '1 second'");
        await page.goto("/schedules");
        await page.getByRole("button", { name: "Pause nightly-report" }).click();
        assert.equal(await said(page), "The schedule nightly-report is paused.");
        const before = await schedule();
        assert.equal(before?.paused, true);
        await due();
        await stage.tick();
        assert.equal((await schedule())?.fires, before?.fires);
        await page.getByRole("button", { name: "Resume nightly-report" }).click();
        assert.equal(await said(page), "The schedule nightly-report is on again.");
        assert.equal((await schedule())?.paused, false);
      }));

    test("a schedule runs now, once while its job lives", () =>
      stage.operate(async (page) => {
        const day = new Date(Date.now() - 1).toISOString().slice(0, 10);
        await stage.send("/v1/queues/default/pause", {}, OPERATOR.token);
        await page.goto("/schedules");
        await page.getByRole("button", { name: "Run now nightly-report" }).click();
        assert.match(await said(page), /^The job of nightly-report is enqueued\./);
        const [job] = await jobsWith(day);
        assert.deepEqual([job?.state, job?.created_by, job?.payload], ["ready", OPERATOR.name, { day }]);
        await page.getByRole("button", { name: "Run now nightly-report" }).click();
        assert.match(await said(page), /^The job of nightly-report did not go in: another live job holds its key\./);
        await stage.send("/v1/queues/default/resume", {}, OPERATOR.token);
        await until(async () => (await jobsWith(day)).length === 0);
      }));
  });
});
