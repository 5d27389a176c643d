/**
 * Every text that the API takes comes back as it was sent; every text that it does not take is refused and changes nothing.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonValue } from "../../src/base/json-value.ts";
import { useApi } from "../support/api.ts";
import { contentOf } from "../support/content.ts";
import { LONG_TEXTS } from "../support/hostile-texts.ts";

const api = useApi();

/** By the field of a job that a text is in: the body, and what the job then says. */
const FIELDS: Readonly<
  Record<string, readonly [body: (text: string) => object, of: (job: Record<string, JsonValue>) => JsonValue | undefined]>
> = {
  payload: [(text) => ({ payload: { text } }), ({ payload }) => (payload as { text: string }).text],
  "a payload's key": [(text) => ({ payload: { [`x${text}`]: 1 } }), ({ payload }) => Object.keys(payload as object)[0]?.slice(1)],
  queue: [(queue) => ({ queue }), ({ queue }) => queue],
  // An empty key is none.
  concurrencyKey: [(concurrencyKey) => ({ concurrencyKey }), ({ concurrencyKey }) => concurrencyKey ?? ""],
};

for (const [field, [body, of]] of Object.entries(FIELDS)) {
  test(`${field}: what is taken comes back as it was, what is refused changes nothing`, async () => {
    let [taken, refused] = [0, 0];
    for (const text of LONG_TEXTS) {
      const before = await contentOf(api.database);
      const shown = JSON.stringify(text).slice(0, 100);
      const answer = await api.ask("POST", "/v1/jobs", { body: { name: "plain", ...body(text) } });
      if (answer.status === 201) {
        const job = await api.ask("GET", `/v1/jobs/${answer.body.id}`);
        assert.equal(of(job.body as Record<string, JsonValue>), text, shown);
        taken++;
      } else {
        assert.ok([400, 413, 422].includes(answer.status), `${shown}: ${answer.text}`);
        assert.deepEqual(await contentOf(api.database), before, shown);
        refused++;
      }
    }
    assert.ok(taken > 10 && refused > 0, `${taken} taken, ${refused} refused`);
  });
}

test("no text makes a list, a page of counters or a scrape fail", async () => {
  for (const text of LONG_TEXTS)
    await api.ask("POST", "/v1/jobs", { body: { name: "plain", queue: text, concurrencyKey: text, payload: { text } } });
  await api.ask("POST", "/v1/tick");
  for (const path of ["/v1/jobs", "/v1/results", "/v1/workers", "/v1/queues", "/v1/overview?range=hour", "/v1/stats", "/v1/schedules"])
    assert.equal((await api.ask("GET", path)).status, 200, path);
  assert.equal((await api.ask("GET", "/metrics", { parse: false })).status, 200);
});
