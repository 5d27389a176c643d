/**
 * Who gets in, for how long, and who does not.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openDashboard, TOKEN } from "./support.ts";

const HOUR = 3_600_000;

test("nobody sees a page without a session: the door comes first, and then what was asked for", async () => {
  const browser = openDashboard({ base: "/mayfly" });
  const away = await browser.get("/results?key=k&outcome=lost");
  assert.deepEqual([away.status, away.headers.get("location")], [303, "/mayfly/sign-in?next=%2Fresults%3Fkey%3Dk%26outcome%3Dlost"]);
  assert.deepEqual(browser.calls, []);
  const back = await browser.post("/sign-in", { token: TOKEN, next: "/results?key=k&outcome=lost" });
  assert.deepEqual([back.status, back.headers.get("location")], [303, "/mayfly/results?key=k&outcome=lost"]);
  assert.equal((await browser.get("/results")).status, 200);
});

test("the cookie is for this dashboard alone, out of reach of scripts and of other sites, and over TLS away from home", async () => {
  const browser = openDashboard({ base: "/mayfly" });
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
    const browser = openDashboard({ base: "/mayfly" });
    const { headers } = await browser.post("/sign-in", { token: TOKEN, next });
    assert.ok(["/mayfly", "/mayfly/evil.example"].includes(headers.get("location") ?? ""), `${next} leads to ${headers.get("location")}`);
    const root = openDashboard();
    const location = (await root.post("/sign-in", { token: TOKEN, next })).headers.get("location") ?? "";
    assert.equal(new URL(location, "http://localhost").origin, "http://localhost", next);
  }
});

test("only an operator's token opens it, and the page says why another does not", async () => {
  const browser = openDashboard();
  for (const [token, said] of [
    ["wrong", /not one of those in force/],
    ["shop:producer-token", /a producer(&#39;|')s/],
    ["", /Type the token/],
  ] as const) {
    const answer = await browser.post("/sign-in", { token });
    assert.equal(answer.status, 401);
    assert.match(answer.text, said);
    assert.deepEqual(browser.lastCookies, []);
  }
});

test("a session ends after twelve hours", async () => {
  const browser = openDashboard();
  await browser.signIn();
  browser.clock.advance(12 * HOUR - 1);
  assert.equal((await browser.get("/queues")).status, 200);
  browser.clock.advance(1);
  assert.equal((await browser.get("/queues")).status, 303);
});

test("a session ends when its token is removed; another operator's goes on", async () => {
  const browser = openDashboard();
  browser.tokens.operator = ["bo:other", TOKEN];
  await browser.signIn();
  browser.tokens.operator = [TOKEN];
  assert.equal((await browser.get("/queues")).status, 200);
  browser.tokens.operator = ["bo:other"];
  assert.equal((await browser.get("/queues")).status, 303);
});

test("a cookie that was tampered with opens nothing", async () => {
  const browser = openDashboard();
  await browser.signIn();
  const cookie = decodeURIComponent(browser.cookies.get("mayfly_session") ?? "");
  browser.cookies.set("mayfly_session", encodeURIComponent(cookie.replace(/^\d+/, (expiry) => String(Number(expiry) + HOUR))));
  assert.equal((await browser.get("/queues")).status, 303);
});

test("signing out ends it here", async () => {
  const browser = openDashboard();
  const csrf = await browser.signIn();
  const answer = await browser.post("/sign-out", { csrf });
  assert.deepEqual([answer.status, answer.headers.get("location"), browser.cookies.size], [303, "/sign-in", 0]);
  assert.equal((await browser.get("/")).status, 303);
});

test("where no operator has a token it is closed, and says which variable opens it", async () => {
  const browser = openDashboard();
  browser.tokens.operator = [];
  for (const answer of [await browser.get("/sign-in"), await browser.post("/sign-in", { token: "" })]) {
    assert.equal(answer.status, 403);
    assert.match(answer.text, /MAYFLY_OPERATOR_TOKENS/);
  }
});

test("too many failures: 429, without looking at the token", async () => {
  const signIns = { mayTry: async () => false, succeeded: async () => assert.fail("it did not succeed") };
  const browser = openDashboard({ operator: { signIns } });
  const answer = await browser.post("/sign-in", { token: TOKEN });
  assert.deepEqual([answer.status, answer.headers.get("retry-after"), browser.cookies.size], [429, "900", 0]);
});

test("an address is counted under a name that does not tell it; what a client writes before its own does not count", async () => {
  const seen: string[] = [];
  const signIns = { mayTry: async (address: string) => seen.push(address) > 0, succeeded: async () => {} };
  const browser = openDashboard({ operator: { signIns } });
  const from = (headers: Record<string, string>) =>
    browser.post("/sign-in", { token: "wrong" }, { origin: "http://localhost", ...headers });
  await from({ "x-forwarded-for": "1.1.1.1, 203.0.113.9" });
  await from({ "x-forwarded-for": "2.2.2.2, 203.0.113.9" });
  await from({ "x-forwarded-for": "2.2.2.2", "cf-connecting-ip": "203.0.113.9" });
  await from({});
  assert.equal(new Set(seen.slice(0, 3)).size, 1);
  assert.notEqual(seen[0], seen[3]);
  assert.ok(!seen.join().includes("203.0.113.9"));
});
