/**
 * Requests as nobody should send them: right in part, wrong in part, out of a seed.
 * @module
 */
import { type RouteKey, routeList } from "../../src/http/route-table.ts";
import { BOSS, CRON, SHOP, TILL } from "./api.ts";
import { TEXTS, wellFormed } from "./hostile-texts.ts";
import type { Random } from "./random.ts";

export interface HostileRequest {
  /** The route that its method and path are of, where they are one's. */
  readonly route: RouteKey | undefined;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

const FIELDS: readonly [string, ...string[]] = [
  "id",
  "queue",
  "delay",
  "runAt",
  "expiresIn",
  "expiresAt",
  "priority",
  "retries",
  "timeout",
  "concurrencyKey",
  "createdBy",
  "source",
  "__proto__",
  "jobs",
];
const QUERIES: readonly [string, ...string[]] = [
  "limit=10",
  "limit=200",
  "limit=201",
  "limit=1.5",
  "state=waiting",
  "state=held",
  "state=alive",
  "outcome=successful",
  "final=true",
  "final=yes",
  "name=plain",
  "queue=default",
  "workerId=01890000-0000-7000-8000-000000000000",
  "createdBy=token%20shop",
  "since=2026-01-01T00:00:00Z",
  "until=2999-01-01T00:00:00Z",
  "range=day",
  "range=year",
  "%zz=%",
  "a[]=1",
];
const QUERY_NAMES: readonly [string, ...string[]] = [
  "limit",
  "cursor",
  "state",
  "name",
  "queue",
  "concurrencyKey",
  "since",
  "until",
  "range",
  "q",
];
const BROKEN: readonly [string, ...string[]] = [
  "",
  "{",
  "[",
  '{"name":',
  "nul",
  '{"name":"plain"}}',
  "\ufeff{}",
  "'",
  "<xml/>",
  '{"a":1,}',
  "\u0000",
];
const KEYS: readonly [string, ...string[]] = ["a", "b", "c", "'; drop table x; --", "two words", "é", "", "k".repeat(256)];

/** The next one. `ids` are of jobs there are. */
export function hostileRequest(random: Random, ids: readonly string[]): HostileRequest {
  const { method, path, key } = pickRoute(random);
  const lost = random.chance(0.05);
  const asked = random.chance(0.04) ? random.pick(["PUT", "DELETE", "PATCH", "OPTIONS", "QUERY"]) : method;
  const headers: Record<string, string> = {};
  const token = random.chance(0.9) ? BOSS : random.pick([SHOP, TILL, CRON, "wrong", "'; --", ""]);
  if (token !== "") headers.authorization = random.chance(0.98) ? `Bearer ${token}` : token;
  if (random.chance(0.3)) headers["idempotency-key"] = random.chance(0.5) ? `key-${random.below(1_000)}` : random.pick(KEYS);
  if (random.chance(0.2)) headers["content-type"] = random.pick(["text/html", "application/json; charset=utf-16", "x"]);
  return {
    route: lost || asked !== method ? undefined : key,
    method: asked,
    path: lost
      ? `${path.replaceAll(":", "")}/${encodeURIComponent(wellFormed(random.pick(TEXTS)))}/nothing`
      : fill(random, path, ids) + query(random),
    headers,
    body: asked === "GET" ? undefined : bodyOf(random, ids),
  };
}

function pickRoute(random: Random): (typeof routeList)[number] {
  // There is most to get wrong in a job; and a tick runs jobs, which takes its time.
  const wanted = random.chance(0.3) ? "POST /v1/jobs" : undefined;
  const list = routeList.filter(({ key, path }) => (wanted ? key === wanted : path !== "/v1/tick" || random.chance(0.05)));
  return random.pick(list as [(typeof routeList)[number]]);
}

function fill(random: Random, path: string, ids: readonly string[]): string {
  const id = ids.length > 0 && random.chance(0.7) ? (ids[random.below(ids.length)] ?? "") : random.pick(TEXTS);
  const name = random.chance(0.5) ? random.pick(["nightly", "default", "mail"]) : random.pick(TEXTS);
  const part = (text: string) => (random.chance(0.05) ? "%E0%A4%A" : encodeURIComponent(wellFormed(text)));
  return path.replace(":id", () => part(id)).replace(":name", () => part(name));
}

function query(random: Random): string {
  if (random.chance(0.4)) return "";
  const parts = Array.from({ length: random.below(4) }, () =>
    random.chance(0.7) ? random.pick(QUERIES) : `${random.pick(QUERY_NAMES)}=${encodeURIComponent(wellFormed(random.pick(TEXTS)))}`,
  );
  return `?${parts.join("&")}`;
}

function bodyOf(random: Random, ids: readonly string[]): string {
  if (random.chance(0.08)) return random.pick(BROKEN);
  if (random.chance(0.003)) return JSON.stringify({ name: "plain", payload: { text: "x".repeat(4_300_000) } });
  if (random.chance(0.003)) return JSON.stringify({ name: "plain", payload: { text: "x".repeat(70_000) } });
  if (random.chance(0.005)) return `{"name":"plain","payload":${"[".repeat(20_000)}${"]".repeat(20_000)}}`;
  if (random.chance(0.1)) return JSON.stringify({ ids: Array.from({ length: random.below(5) }, () => pickId(random, ids)) });
  if (random.chance(0.1)) return JSON.stringify(anything(random, 3));
  if (random.chance(0.2)) return JSON.stringify({ jobs: Array.from({ length: random.below(6) }, () => job(random)) });
  return JSON.stringify(job(random));
}

function pickId(random: Random, ids: readonly string[]): unknown {
  return ids.length > 0 && random.chance(0.8) ? ids[random.below(ids.length)] : anything(random, 1);
}

function job(random: Random): unknown {
  if (random.chance(0.05)) return anything(random, 2);
  const name = random.chance(0.85) ? random.pick(["plain", "greet", "salute", "ruled"]) : anything(random, 1);
  const payload = random.chance(0.7) ? { to: `to-${random.below(50)}` } : anything(random, 3);
  const asked: Record<string, unknown> = { name, payload };
  for (let more = random.below(3); more > 0; more--)
    Object.defineProperty(asked, random.pick(FIELDS), { value: option(random), enumerable: true, configurable: true });
  return asked;
}

function option(random: Random): unknown {
  return random.chance(0.5) ? random.pick([1, 0, "10m", "1h", null, "2027-01-01T00:00:00Z", 3]) : anything(random, 1);
}

function anything(random: Random, depth: number): unknown {
  const kind = random.below(depth > 0 ? 8 : 6);
  if (kind < 3) return random.pick(TEXTS);
  if (kind === 3) return random.pick([0, -1, 1.5, 1e300, 9_007_199_254_740_992, -0]);
  if (kind === 4) return random.chance(0.5);
  if (kind === 5) return null;
  const parts = Array.from({ length: random.below(4) }, () => anything(random, depth - 1));
  return kind === 6 ? parts : Object.fromEntries(parts.map((value) => [random.pick(TEXTS), value]));
}
