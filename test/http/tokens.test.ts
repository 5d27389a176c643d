/**
 * Tokens that are no secrets open nothing.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { tokensOf } from "../../src/app/environment.ts";
import { isMayflyError } from "../../src/index.ts";
import { useApi } from "../support/api.ts";

const api = useApi();

test("a name without a secret, and a secret of a few letters, close the door for all and are told without the token", async () => {
  for (const wrong of ["ada:", "x", "ada:hunter2", "boss:secret-4,ada:", "ada::"]) {
    for (const name of ["MAYFLY_OPERATOR_TOKENS", "MAYFLY_PRODUCER_TOKENS"]) {
      const env = { MAYFLY_OPERATOR_TOKENS: "boss:secret-4", [name]: wrong };
      assert.throws(
        () => tokensOf(env),
        (error) => isMayflyError(error, "invalid_config") && error.message.includes(name) && !error.message.includes("hunter2"),
      );
      for (const token of wrong.split(",")) {
        const headers = { authorization: `Bearer ${token}` };
        assert.equal((await api.mayfly.app().request("/v1/queues", { headers }, env)).status, 500);
      }
    }
  }
  assert.equal((await api.mayfly.app().request("/healthz", {}, { MAYFLY_OPERATOR_TOKENS: "ada:" })).status, 200);
});

test("a token that no header can carry is told at once, and not when nobody gets in", () => {
  for (const env of [
    { CRON_SECRET: "two words" },
    { MAYFLY_OPERATOR_TOKENS: "ada: secret-of-ada" },
    { MAYFLY_PRODUCER_TOKENS: "shop:secret\t1" },
  ])
    assert.throws(
      () => tokensOf(env),
      (error) =>
        isMayflyError(error, "invalid_config") && error.message.includes(Object.keys(env)[0] ?? "") && !error.message.includes("secret-of"),
    );
});

test("a local token is taken by the names of the machine itself, and by no other that leads there", async () => {
  const env = { MAYFLY_OPERATOR_TOKENS: "local:dev" };
  const status = async (url: string) =>
    (await api.mayfly.app().request(url, { headers: { authorization: "Bearer local:dev" } }, env)).status;
  for (const host of ["localhost", "127.0.0.1:8787", "[::1]:8787"]) assert.equal(await status(`http://${host}/v1/queues`), 200, host);
  for (const host of ["rebind.evil", "rebind.evil:8787", "127.0.0.1.rebind.evil", "10.0.0.1"])
    assert.equal(await status(`http://${host}/v1/queues`), 401, host);
});
