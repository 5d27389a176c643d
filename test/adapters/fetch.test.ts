/**
 * The fetch adapter beyond what every adapter promises: where its environment comes from, who keeps it alive, what it refuses.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type FetchOptions, fetchHandler } from "../../adapters/fetch/index.ts";
import { createMayfly, defineJob } from "../../src/index.ts";
import { useDatabase } from "../support/database.ts";

interface Env {
  readonly MAYFLY_PRODUCER_TOKENS?: string;
  readonly GREETING?: string;
}

const greet = defineJob("greet", { timeout: "5s" });
const HANDLERS = [greet.handle<Env>(({ env }) => env.GREETING)];

const database = useDatabase();

function handler(options: Partial<FetchOptions<Env>> = {}) {
  const mayfly = createMayfly<Env>({ jobs: [greet], database: () => database.driver });
  return fetchHandler(mayfly, { handlers: HANDLERS, ...options });
}

const enqueue = () =>
  new Request("https://test.example/v1/jobs", {
    method: "POST",
    headers: { authorization: "Bearer token-of-a-test" },
    body: '{"name": "greet"}',
  });
const outputs = () => database.sql("select output from mayfly.result");

/** What a platform would do with what it is asked to wait for. */
function keeper() {
  const kept: Promise<unknown>[] = [];
  return { waitUntil: (promise: Promise<unknown>) => void kept.push(promise), done: () => Promise.all(kept) };
}

test("what keeps it alive after a response is its option, its context, or its second argument as on Netlify", async () => {
  const env = { MAYFLY_PRODUCER_TOKENS: "token-of-a-test", GREETING: "Hello" };
  for (const send of [
    (keep: ReturnType<typeof keeper>) => handler({ waitUntil: keep.waitUntil })(enqueue(), env),
    (keep: ReturnType<typeof keeper>) => handler()(enqueue(), env, keep),
    (keep: ReturnType<typeof keeper>) => handler()(enqueue(), { ...env, ...keep }),
  ]) {
    const keep = keeper();
    assert.equal((await send(keep)).status, 201);
    await keep.done();
    assert.deepEqual(await outputs(), [{ output: "Hello" }]);
    await database.sql("truncate mayfly.result");
  }
});

test("without one, the job waits for a tick; the environment is the process's, under what is passed in", async () => {
  process.env.MAYFLY_PRODUCER_TOKENS = "token-of-a-test";
  try {
    assert.equal((await handler()(enqueue())).status, 201);
    assert.equal((await handler()(enqueue(), { MAYFLY_PRODUCER_TOKENS: "another-token" })).status, 401);
  } finally {
    delete process.env.MAYFLY_PRODUCER_TOKENS;
  }
  assert.deepEqual(await database.sql("select state from mayfly.live"), [{ state: "ready" }]);
});

test("what cannot fit is refused at the start, with how long a job has", () => {
  assert.throws(() => handler({ maxDuration: "6s" }), {
    code: "invalid_config",
    message: /greet may run 5s, and here a job has at most 3s/,
  });
  assert.throws(() => handler({ claimFor: "20s" }), { code: "invalid_config", message: /at most 3s/ });
  assert.throws(() => handler({ maxDuration: "soon" as "1s" }), { code: "invalid_config", message: /maxDuration is "soon"/ });
});
