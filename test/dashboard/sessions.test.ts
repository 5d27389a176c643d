/**
 * Who gets in, for how long, and who does not.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { useDatabase } from "../support/database.ts";

import { virtualClock } from "../support/virtual-clock.ts";
import { HERE, openDashboard, PRODUCER_TOKEN, SCHEDULER_TOKEN, TOKEN } from "./support.ts";

const HOUR = 3_600_000;

const database = useDatabase();

const total = async () => (await failures()).reduce((all, one) => all + one.failures, 0);
const failures = () => database.sql<{ address: string; failures: number }>("select address, failures from mayfly.sign_in");

test("nobody sees a page without a session: the door comes first, and then what was asked for", async () => {
  const browser = openDashboard(database, { base: "/mayfly" });
  const away = await browser.get("/results?key=k&outcome=lost");
  assert.deepEqual([away.status, away.headers.get("location")], [303, "/mayfly/sign-in?next=%2Fresults%3Fkey%3Dk%26outcome%3Dlost"]);
  const back = await browser.post("/sign-in", { token: TOKEN, next: "/results?key=k&outcome=lost" });
  assert.deepEqual([back.status, back.headers.get("location")], [303, "/mayfly/results?key=k&outcome=lost"]);
  assert.equal((await browser.get("/results")).status, 200);
});

test("the cookie is for this dashboard alone, out of reach of scripts and of other sites, and over TLS away from home", async () => {
  const browser = openDashboard(database, { base: "/mayfly" });
  await browser.post("/sign-in", { token: TOKEN });
  assert.match(browser.lastCookies[0] ?? "", /^mayfly_session=[^;]+; Max-Age=43200; Path=\/mayfly; HttpOnly; SameSite=Strict$/);
  assert.ok(!decodeURIComponent(browser.lastCookies[0] ?? "").includes("operator-token"));
});

test("where to go on after signing in is always in this dashboard", async () => {
  for (const next of [
    "//evil.example",
    "/\\evil.example",
    "https://evil.example/",
    "/\t/evil.example",
    "javascript:alert(1)",
    "/.//evil.example",
  ]) {
    const browser = openDashboard(database, { base: "/mayfly" });
    const { headers } = await browser.post("/sign-in", { token: TOKEN, next });
    assert.ok(["/mayfly", "/mayfly/evil.example"].includes(headers.get("location") ?? ""), `${next} leads to ${headers.get("location")}`);
    const root = openDashboard(database);
    const location = (await root.post("/sign-in", { token: TOKEN, next })).headers.get("location") ?? "";
    assert.equal(new URL(location, "http://localhost").origin, "http://localhost", next);
  }
});

test("only an operator's token opens it, and the page says why another does not", async () => {
  const browser = openDashboard(database);
  for (const [token, said] of [
    ["wrong", /not one of those in force/],
    [PRODUCER_TOKEN, /a producer(&#39;|')s/],
    [SCHEDULER_TOKEN, /a scheduler(&#39;|')s/],
    [TOKEN.slice(0, -1), /not one of those in force/],
    ["", /Type the token/],
  ] as const) {
    const answer = await browser.post("/sign-in", { token });
    assert.equal(answer.status, 401);
    assert.match(answer.text, said);
    assert.deepEqual(browser.lastCookies, []);
  }
});

test("a session ends after twelve hours", async () => {
  const clock = virtualClock();
  const browser = openDashboard(database, { clock });
  await browser.signIn();
  clock.advance(12 * HOUR - 1);
  assert.equal((await browser.get("/queues")).status, 200);
  clock.advance(1);
  assert.equal((await browser.get("/queues")).status, 303);
});

test("a session ends when its token is removed; another operator's goes on", async () => {
  const browser = openDashboard(database);
  browser.env.MAYFLY_OPERATOR_TOKENS = `bo:other-secret, ${TOKEN}`;
  await browser.signIn();
  browser.env.MAYFLY_OPERATOR_TOKENS = TOKEN;
  assert.equal((await browser.get("/queues")).status, 200);
  browser.env.MAYFLY_OPERATOR_TOKENS = "bo:other-secret";
  assert.equal((await browser.get("/queues")).status, 303);
});

test("a cookie that was tampered with opens nothing", async () => {
  const browser = openDashboard(database);
  await browser.signIn();
  const cookie = decodeURIComponent(browser.cookies.get("mayfly_session") ?? "");
  browser.cookies.set("mayfly_session", encodeURIComponent(cookie.replace(/^\d+/, (expiry) => String(Number(expiry) + HOUR))));
  assert.equal((await browser.get("/queues")).status, 303);
});

test("signing out ends it here", async () => {
  const browser = openDashboard(database);
  const csrf = await browser.signIn();
  const answer = await browser.post("/sign-out", { csrf });
  assert.deepEqual([answer.status, answer.headers.get("location"), browser.cookies.size], [303, "/sign-in", 0]);
  assert.equal((await browser.get("/")).status, 303);
});

test("a copy of the cookie is worth nothing once its session was signed out; the operator's other sessions go on", async () => {
  const [browser, other] = [openDashboard(database), openDashboard(database)];
  const csrf = await browser.signIn();
  await other.signIn();
  const copy = browser.cookies.get("mayfly_session") ?? "";
  await browser.post("/sign-out", { csrf });
  browser.cookies.set("mayfly_session", copy);
  for (const path of ["/queues", "/", "/nothing-here"]) assert.ok(!(await browser.get(path)).text.includes("Sign out"), path);
  assert.equal((await browser.get("/queues")).status, 303);
  assert.equal((await other.get("/queues")).status, 200);
  const [row] = await database.sql<{ id: string }>("select id from mayfly.signed_out");
  assert.ok(!copy.includes(row?.id ?? copy), "what is kept is no cookie");
});

test("behind a proxy that takes the TLS away, the form is taken and the cookie is for TLS", async () => {
  for (const base of ["http://queue.example", "http://127.0.0.1:8787"]) {
    const browser = openDashboard(database, { origin: base });
    const headers = { origin: base === "http://queue.example" ? "https://queue.example" : "https://127.0.0.1:8787" };
    const answer = await browser.post("/sign-in", { token: TOKEN }, headers);
    assert.equal(answer.status, 303, base);
    assert.match(browser.lastCookies[0] ?? "", /; Secure/, base);
    assert.equal(
      (await openDashboard(database, { origin: base }).post("/sign-in", { token: TOKEN }, { origin: "https://evil.example" })).status,
      403,
    );
  }
  // With nginx's plain proxy_pass the host is its own; the browser says itself that the form is of its page.
  const browser = openDashboard(database, { origin: "http://127.0.0.1:8787" });
  await browser.post("/sign-in", { token: TOKEN }, { origin: "https://queue.example", "sec-fetch-site": "same-origin" });
  assert.match(browser.lastCookies[0] ?? "", /; Secure/);
  const other = openDashboard(database, { origin: "https://queue.example" });
  assert.equal((await other.post("/sign-in", { token: TOKEN }, { origin: "http://queue.example" })).status, 403);
});

test("where no operator has a token it is closed, and says which variable opens it", async () => {
  const browser = openDashboard(database);
  browser.env.MAYFLY_OPERATOR_TOKENS = "";
  for (const answer of [await browser.get("/sign-in"), await browser.post("/sign-in", { token: "" })]) {
    assert.equal(answer.status, 403);
    assert.match(answer.text, /MAYFLY_OPERATOR_TOKENS/);
  }
});

test("after too many wrong tokens from one address a wrong one is answered 429, and the right one still opens it", async () => {
  let address = "192.0.2.1";
  const browser = openDashboard(database, { address: () => address });
  const guess = async () => (await browser.post("/sign-in", { token: "wrong" })).status;
  for (let nth = 0; nth < 10; nth++) assert.equal(await guess(), 401);
  const refused = await browser.post("/sign-in", { token: "wrong" });
  assert.deepEqual([refused.status, refused.headers.get("retry-after"), browser.cookies.size], [429, "900", 0]);
  assert.equal((await browser.post("/sign-in", { token: PRODUCER_TOKEN })).status, 401);
  await browser.signIn();
  browser.cookies.clear();
  address = "192.0.2.2";
  assert.equal(await guess(), 401);
  assert.equal(await total(), 11);
});

test("a thousand wrong tokens from everywhere lock nobody out", async () => {
  let nth = 0;
  const browser = openDashboard(database, { address: () => `192.0.${nth % 256}.${nth % 7}` });
  for (; nth < 1_000; nth++) await browser.post("/sign-in", { token: `wrong ${nth}` });
  await browser.signIn();
});

test("the right token is not counted, and needs no count to be let in", async () => {
  const browser = openDashboard(database);
  for (let nth = 0; nth < 12; nth++) await browser.signIn();
  assert.equal(await total(), 0);
});

test("no header that a client can set says where it is", async () => {
  const browser = openDashboard(database, { address: () => "192.0.2.1" });
  for (const name of ["cf-connecting-ip", "x-forwarded-for", "x-real-ip", "forwarded", "true-client-ip", "x-client-ip"]) {
    await browser.post("/sign-in", { token: "wrong" }, { ...HERE, [name]: `203.0.113.${name.length}` });
  }
  assert.deepEqual(
    (await failures()).map(({ failures }) => failures),
    [6],
  );
});

test("an address is counted under a name that does not tell it; an IPv6 network is one client, an IPv4 address the same however it is written", async () => {
  let address = "";
  const browser = openDashboard(database, { address: () => address });
  const names = async (...addresses: string[]) => {
    await database.sql("truncate mayfly.sign_in");
    for (address of addresses) await browser.post("/sign-in", { token: "wrong" });
    return new Set((await failures()).map((one) => one.address));
  };
  assert.equal((await names("2001:db8:0:7::1", "2001:0DB8::7:1:2:3:4", "2001:db8:0:7:ffff::")).size, 1);
  assert.equal((await names("2001:db8:0:7::1", "2001:db8:0:8::1")).size, 2);
  assert.equal((await names("192.0.2.1", "::ffff:192.0.2.1")).size, 1);
  const told = await names("192.0.2.1", "192.0.2.2");
  assert.equal(told.size, 2);
  for (const name of told) assert.match(name, /^[0-9a-f]{3}$/);
});
