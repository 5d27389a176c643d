/**
 * What every adapter promises, as checks that any test runner can run against any runtime. The subject deploys the application of
 * adapter-app.ts; a long-running worker is a subject too, whose `tick` waits until it has run what is there.
 * @module
 */
import { type AdapterSubject, api, ended, jobOf, live, names, outcomes, put, withGate, workers } from "./adapter-subject.ts";
import { equal, until } from "./expect.ts";

/** One promise, and how to see whether it is kept: `check` rejects when it is not. */
export interface AdapterPromise {
  readonly promise: string;
  check(subject: AdapterSubject): Promise<void>;
}

/** The promises of an adapter. Each check leaves an empty queue behind. */
export const adapterPromises: readonly AdapterPromise[] = [
  {
    promise: "a job is enqueued over HTTP, read, and run with the environment",
    async check(subject) {
      const response = await api(subject, "/v1/jobs", { name: "greet", payload: { name: "Ada" } });
      const { id, outcome } = (await response.json()) as { id: string; outcome: string };
      equal([response.status, outcome], [201, "enqueued"]);
      equal((await jobOf(subject, id)).name, "greet");
      await subject.tick();
      const job = await until(() => jobOf(subject, id), ended);
      equal([job.state, job.attempts.map(({ output }) => output)], ["successful", ["Hello, Ada"]]);
    },
  },
  {
    promise: "without a token, or with a wrong one, nothing is told and nothing done",
    async check(subject) {
      for (const headers of [{}, { authorization: "Bearer wrong" }, { authorization: subject.token }] as Record<string, string>[]) {
        for (const [method, path] of [
          ["POST", "/v1/jobs"],
          ["GET", "/v1/jobs/x"],
          ["POST", "/v1/tick"],
        ] as const) {
          const body = method === "POST" ? { body: JSON.stringify({ name: "greet", payload: {} }) } : {};
          const response = await subject.request(path, { method, headers, ...body });
          const { code } = (await response.json()) as { code: string };
          equal([path, response.status, code], [path, 401, "unauthorized"]);
        }
      }
      const response = await subject.request("/v1/tick", { method: "POST", headers: { authorization: `Bearer ${subject.token}` } });
      equal(response.status, 403);
      equal((await subject.request("/healthz")).status, 200);
      equal(await live(subject), []);
    },
  },
  {
    promise: "a tick runs what is there and what that enqueues; jobs that fail do not fail it; the worker signs off",
    async check(subject) {
      await put(subject, [...names(6).map((name) => ({ name: "chain", payload: { name } })), { name: "fail", payload: {} }]);
      await subject.tick();
      await until(
        () => live(subject),
        (jobs) => jobs.length === 0,
      );
      equal(await outcomes(subject), { "chain successful": 6, "fail errored": 1, "greet successful": 6 });
      await until(
        () => workers(subject),
        (count) => count === 0,
      );
    },
  },
  {
    promise: "POST /v1/tick runs a tick and answers its counts",
    async check(subject) {
      await put(subject, [{ name: "greet", payload: { name: "Bo" } }]);
      const response = await subject.request("/v1/tick", { method: "POST", headers: { authorization: `Bearer ${subject.operatorToken}` } });
      const { claimed, successful } = (await response.json()) as { claimed: number; successful: number };
      equal([response.status, claimed, successful], [200, 1, 1]);
    },
  },
  {
    promise: "a tick starts no job that cannot end in it",
    async check(subject) {
      await put(subject, [
        { name: "greet", payload: { name: "long" }, timeout_ms: subject.tooLongMs },
        { name: "greet", payload: { name: "short" } },
      ]);
      await subject.tick();
      await until(
        () => outcomes(subject),
        (seen) => seen["greet successful"] === 1,
      );
      const [job, ...others] = await live(subject);
      equal([job?.attempt, job?.state === "running", others], [0, false, []]);
      await subject.sql("with ready as (delete from mayfly.ready) delete from mayfly.scheduled");
    },
  },
  {
    promise: "two ticks at once run each job once",
    async check(subject) {
      await put(
        subject,
        names(40).map((name) => ({ name: "greet", payload: { name } })),
      );
      await Promise.all([subject.tick(), subject.tick()]);
      await until(
        () => live(subject),
        (jobs) => jobs.length === 0,
      );
      equal(await outcomes(subject), { "greet successful": 40 });
    },
  },
  {
    promise: "a database that goes away while a job runs, and comes back, costs nothing",
    async check(subject) {
      await withGate(subject, async (gate) => {
        await put(subject, [{ name: "gate", payload: { url: gate.url } }]);
        const ticking = subject.tick();
        await gate.arrived;
        await subject.database.kill();
        gate.open();
        await subject.database.restart();
        await ticking;
        await until(
          () => live(subject),
          (jobs) => jobs.length === 0,
        );
        equal(await outcomes(subject), { "gate successful": 1 });
      });
    },
  },
  {
    promise: "a database that is down fails the tick, is told as 503, and the next tick works",
    async check(subject) {
      await put(subject, [{ name: "greet", payload: { name: "Cy" } }]);
      await subject.database.kill();
      try {
        const response = await api(subject, "/v1/jobs", { name: "greet", payload: { name: "Di" } });
        equal([response.status, ((await response.json()) as { code: string }).code.startsWith("database_")], [503, true]);
        equal(
          await subject.tick().then(
            () => "ok",
            () => "failed",
          ),
          "failed",
        );
      } finally {
        await subject.database.restart();
      }
      await subject.tick();
      await until(
        () => live(subject),
        (jobs) => jobs.length === 0,
      );
      equal(await outcomes(subject), { "greet successful": 1 });
    },
  },
  {
    promise: "what a killed invocation held is rescued by a later one",
    async check(subject) {
      await withGate(subject, async (gate) => {
        const [id] = await put(subject, [{ name: "gate", payload: { url: gate.url }, retries: 1 }]);
        const ticking = subject.tick().catch(() => {});
        await gate.arrived;
        await subject.crash();
        await ticking;
        gate.open();
        await until(async () => {
          await subject.tick();
          return await jobOf(subject, String(id));
        }, ended);
        equal(await outcomes(subject), { "gate lost": 1, "gate successful": 1 });
      });
    },
  },
];
