/**
 * Who is sent a connection string over HTTP: Neon, and an endpoint that was given. Nobody else.
 * @module
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { afterEach, mock, test } from "node:test";
import { neon, neonConfig } from "@neondatabase/serverless";
import { fetchHandler } from "../../../adapters/fetch/index.ts";
import { createMayfly, defineJob, isMayflyError } from "../../../src/index.ts";
import { openTcp } from "../../../src/postgres/driver/no-tcp.ts";
import { createProducer, neonClient, neonHttp } from "../../../src/producer.ts";
import { recordingLogger } from "../../support/worker.ts";

const one = { text: "select 1 as one", params: [] };
const ENDPOINT = "https://sql.example/sql";
const ANSWER = JSON.stringify({ fields: [{ name: "one", dataTypeID: 23 }], rows: [["1"]] });

/** Where requests would have gone. */
function spyOnFetch(): string[] {
  const asked: string[] = [];
  mock.method(globalThis, "fetch", async (url: string) => {
    asked.push(String(url));
    return new Response(ANSWER);
  });
  return asked;
}

afterEach(() => mock.restoreAll());

test("a host that is not Neon's is refused before anything is sent, with its name and the driver to use", () => {
  const asked = spyOnFetch();
  for (const [url, host] of [
    ["postgresql://app:hunter2@db.example.com:5432/shop", "db.example.com"],
    ["postgres://app:hunter2@DB.Example.com/shop?sslmode=require", "db.example.com"],
    ["postgresql://app:hunter2@127.0.0.1:5432/shop", "127.0.0.1"],
    ["postgresql://app:hunter2@localhost/shop", "localhost"],
    ["postgresql://app:hunter2@[::1]:5432/shop", "[::1]"],
    ["postgresql://app:hunter2@neon.tech/shop", "neon.tech"],
    ["postgresql://app:hunter2@ep-1.neon.tech.example.com/shop", "ep-1.neon.tech.example.com"],
    ["postgresql://app:hunter2@fakeneon.tech/shop", "fakeneon.tech"],
    ["postgresql://app:hunter2@db.example.com/shop?host=ep-1.aws.neon.tech", "db.example.com"],
  ] as const) {
    const mayfly = createMayfly<object>({ jobs: [], database: () => neonHttp(url) });
    const producer = createProducer<object>({ database: () => neonHttp(url) });
    for (const open of [() => openTcp(url), () => mayfly.connect({}), () => mayfly.operator({}), () => producer.connect({})]) {
      assert.throws(open, (error) => {
        assert.ok(isMayflyError(error, "invalid_config"), String(error));
        assert.ok(error.message.startsWith(`${host} is not one of Neon's hosts`), error.message);
        assert.match(error.message, /pg\(new Pool.*MAYFLY_NEON_ENDPOINT/);
        assert.doesNotMatch(error.message, /hunter2|app:|:\/\//);
        return true;
      });
    }
  }
  assert.deepEqual(asked, []);
});

test("a malformed connection string is refused without showing any of it", () => {
  for (const url of [
    "postgresql://user:pa@secret/word@db.example.com/shop",
    "postgresql://user:pa@secret/x?y@db.example.com/shop",
    "postgresql://user:pa@secret/x#y@db.example.com/shop",
    "postgresql://user:secret#@db.example.com/shop",
    "postgresql://user:secret@ep-1.aws.neon.tech",
    "postgresql://user:secret@ep 1.aws.neon.tech/shop",
    "mysql://user:secret@ep-1.aws.neon.tech/shop",
    "http://user:secret@ep-1.aws.neon.tech/shop",
    "secret",
  ]) {
    assert.throws(
      () => neonHttp(url),
      (error) =>
        isMayflyError(error, "invalid_config") && /does not have the form postgresql:/.test(error.message) && !/secret/.test(error.message),
      url,
    );
  }
});

test("a URL that could be read as two hosts leads to Neon's, or nowhere", async () => {
  const asked = spyOnFetch();
  for (const url of ["postgresql://other.example\\@ep-1.aws.neon.tech/shop", " postgres\tql://u:p@ep-1.aws.neon.tech/shop"])
    await neonHttp(url).query(one);
  assert.deepEqual(asked, ["https://api.aws.neon.tech/sql", "https://api.aws.neon.tech/sql"]);
});

test("Neon's own hosts are asked at their region's endpoint", async () => {
  const asked = spyOnFetch();
  for (const host of ["ep-1.eu-central-1.aws.neon.tech", "EP-1-pooler.c-2.EU-central-1.aws.Neon.tech:5432"])
    assert.deepEqual(await neonHttp(`postgresql://app:hunter2@${host}/shop?sslmode=require`).query(one), [{ one: "1" }]);
  assert.deepEqual(asked, ["https://api.eu-central-1.aws.neon.tech/sql", "https://api.c-2.eu-central-1.aws.neon.tech/sql"]);
});

test("an endpoint that was given is the only one asked, however the host is written", async () => {
  const asked = spyOnFetch();
  for (const host of ["db.example.com", "DB.Example.com:5432", "db.example.com:80", "localhost", "[::1]:5432", "ep-1.aws.neon.tech:443"]) {
    const driver = neonHttp(`postgresql://app:hunter2@${host}/shop`, { endpoint: ENDPOINT });
    await driver.query(one);
    await createMayfly<object>({ jobs: [], database: () => `postgresql://app:hunter2@${host}/shop` })
      .store({ MAYFLY_NEON_ENDPOINT: ENDPOINT })
      .liveCounts([])
      .catch(() => {});
  }
  assert.deepEqual([...new Set(asked)], [ENDPOINT]);
});

test("a program that sets Neon's client another endpoint keeps it for its own calls, and none for ours", async () => {
  const asked = spyOnFetch();
  const driver = neonHttp("postgresql://app:hunter2@queue.example.com/shop", { endpoint: ENDPOINT });
  await driver.query(one);
  const before = neonConfig.fetchEndpoint;
  for (const own of ["https://own.example/sql", (host: string) => `https://${host}/own`]) {
    neonConfig.fetchEndpoint = own;
    await Promise.all([driver.query(one), neon("postgresql://app:hunter2@shop.example.com/shop").query("select 1 as one")]);
    assert.equal(neonConfig.fetchEndpoint, own);
  }
  neonConfig.fetchEndpoint = before;
  assert.deepEqual(asked, [ENDPOINT, ENDPOINT, "https://own.example/sql", ENDPOINT, "https://shop.example.com/own"]);
});

test("an endpoint of another form is refused without showing it", () => {
  const url = "postgresql://app:hunter2@db.example.com/shop";
  for (const endpoint of [
    "secret",
    url,
    "postgresql://u:secret@h/d",
    "https://user:secret@sql.example/sql",
    "https://:secret@sql.example/sql",
  ]) {
    for (const open of [
      () => neonHttp(url, { endpoint }),
      () => createMayfly<object>({ jobs: [], database: () => url }).connect({ MAYFLY_NEON_ENDPOINT: endpoint }),
    ]) {
      assert.throws(
        open,
        (error) =>
          isMayflyError(error, "invalid_config") && /MAYFLY_NEON_ENDPOINT/.test(error.message) && !/secret|hunter2/.test(error.message),
      );
    }
  }
});

test("a redirection does not take the connection string elsewhere", async (t) => {
  let elsewhere = 0;
  const other = createTcpServer((socket) => {
    elsewhere++;
    socket.destroy();
  }).listen(0, "127.0.0.1");
  await once(other, "listening");
  const location = `http://127.0.0.1:${(other.address() as AddressInfo).port}/sql`;
  const redirecting = createServer((_, response) => response.writeHead(307, { location }).end()).listen(0, "127.0.0.1");
  await once(redirecting, "listening");
  t.after(() => [redirecting, other].map((server) => server.close()));
  const endpoint = `http://127.0.0.1:${(redirecting.address() as AddressInfo).port}/sql`;
  const url = "postgresql://app:hunter2@db.example.com/shop";
  neonConfig.fetchEndpoint = endpoint;
  for (const driver of [neonHttp(url, { endpoint }), neonClient(neon(url))]) {
    await assert.rejects(driver.query(one), /HTTP status 307/);
    await assert.rejects(driver.transaction([one]), /HTTP status 307/);
  }
  assert.equal(elsewhere, 0);
});

test("over HTTP it is told as a fault of the configuration, not as one that passes, and the log names the host", async () => {
  const asked = spyOnFetch();
  const logger = recordingLogger();
  const work = defineJob("work");
  const env = { DATABASE_URL: "postgresql://app:hunter2@db.example.com/shop", MAYFLY_OPERATOR_TOKENS: "operator" };
  const mayfly = createMayfly<typeof env>({ jobs: [work], database: ({ DATABASE_URL }) => openTcp(DATABASE_URL), logger });
  const handle = fetchHandler(mayfly, { handlers: [work.handle(() => {})] });
  const headers = { authorization: "Bearer operator", "content-type": "application/json" };
  for (const [path, body] of [
    ["/v1/tick", undefined],
    ["/v1/jobs", '{"name":"work"}'],
  ] as const) {
    const response = await handle(new Request(`http://x${path}`, { method: "POST", headers, ...(body ? { body } : {}) }), env);
    const text = await response.text();
    assert.deepEqual([response.status, JSON.parse(text).code, response.headers.get("retry-after")], [500, "internal", null], path);
    assert.doesNotMatch(text, /hunter2|example/);
  }
  const logged = logger.lines.map(({ message, fields }) => `${message} ${(fields?.error as Error | undefined)?.message}`).join("\n");
  assert.match(logged, /db\.example\.com is not one of Neon's hosts/);
  assert.doesNotMatch(logged, /hunter2/);
  assert.deepEqual(asked, []);
});
