/**
 * Producers and their own: what they enqueued, by whichever of their tokens, and nothing else.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { BOSS, plain, SHOP, SHOP_TOO, TILL, useApi } from "../support/api.ts";

const api = useApi();

async function enqueue(token: string): Promise<string> {
  const { status, body } = await api.ask("POST", "/v1/jobs", { token, body: { name: "plain" } });
  assert.equal(status, 201);
  return String(body.id);
}

test("a job says whose token enqueued it, and nobody can say it is somebody else's", async () => {
  for (const [token, name] of [
    [SHOP, "token shop"],
    [SHOP_TOO, "token shop"],
    [TILL, "token till"],
    [BOSS, "token boss"],
  ] as const) {
    const { body } = await api.ask("GET", `/v1/jobs/${await enqueue(token)}`, { token });
    assert.equal(body.createdBy, name);
  }
  const { status } = await api.ask("POST", "/v1/jobs", { token: SHOP, body: { name: "plain", createdBy: "token till" } });
  assert.equal(status, 422);
});

test("another's job is as unknown to a producer as one that does not exist; an operator sees all", async () => {
  const id = await enqueue(SHOP);
  const own = await api.mayfly.connect({}).enqueue(plain, {});
  for (const [token, of, status] of [
    [SHOP, id, 200],
    [SHOP_TOO, id, 200],
    [TILL, id, 404],
    [BOSS, id, 200],
    [SHOP, own.id, 404],
    [BOSS, own.id, 200],
  ] as const) {
    const { status: told, body } = await api.ask("GET", `/v1/jobs/${of}`, { token });
    assert.equal(told, status, `${token} ${of}`);
    if (status === 404) {
      const unknown = "01890000-0000-7000-8000-000000000000";
      const { body: missing } = await api.ask("GET", `/v1/jobs/${unknown}`, { token });
      assert.deepEqual(body, { ...missing, detail: String(missing.detail).replace(unknown, of) });
    }
  }
});

test("a producer may not cancel or retry, not even its own", async () => {
  const id = await enqueue(SHOP);
  for (const verb of ["cancel", "retry"]) assert.equal((await api.ask("POST", `/v1/jobs/${id}/${verb}`, { token: SHOP })).status, 403);
  assert.equal((await api.ask("GET", `/v1/jobs/${id}`)).body.state, "ready");
});

test("its lists hold its own, and asking for another's is refused", async () => {
  const ids = [await enqueue(SHOP), await enqueue(SHOP_TOO)];
  await enqueue(TILL);
  await api.mayfly.connect({}).enqueue(plain, {});
  const listed = async (token: string, path: string) => {
    const { body } = await api.ask("GET", path, { token });
    return (body.items as { id: string }[]).map(({ id }) => id).sort();
  };
  assert.deepEqual(await listed(SHOP, "/v1/jobs"), [...ids].sort());
  assert.deepEqual(await listed(SHOP, "/v1/jobs?createdBy=token%20shop"), [...ids].sort());
  assert.equal((await listed(BOSS, "/v1/jobs")).length, 4);
  assert.equal((await listed(TILL, "/v1/jobs")).length, 1);
  assert.equal((await api.ask("GET", "/v1/jobs?createdBy=token%20till", { token: SHOP })).status, 403);
  await api.ask("POST", "/v1/tick");
  assert.deepEqual(await listed(SHOP, "/v1/results"), [...ids].sort());
  assert.equal((await listed(BOSS, "/v1/results")).length, 4);
});
