/**
 * What a browser of somebody signed in may be made to send to the dashboard: right in part, wrong in part, out of a seed.
 * @module
 */
import { actions, pages } from "../../src/dashboard/routes.ts";
import { TEXTS, wellFormed } from "./hostile-texts.ts";
import type { Random } from "./random.ts";

/** Told from what is escaped by what stands between its parts. */
export const MARK = `m4rk"m4rk'm4rk<m4rk>m4rk&m4rk{{7*7}}m4rk`;

export interface HostileForm {
  /** The action that it asks for, where it is one. */
  readonly action: string | undefined;
  /** The page that it asks for, where it is one. */
  readonly page?: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | FormData | undefined;
}

/** What there is, for requests that are right in part. */
export interface Known {
  readonly ids: readonly string[];
  readonly csrf: string;
  /** Names of jobs, queues and schedules. */
  readonly names: readonly [string, ...string[]];
}

type List = readonly [string, ...string[]];

const HERE = "http://localhost";
const FORM = "application/x-www-form-urlencoded";
const FIELDS: List = [
  ...(["job", "id", "queue", "name", "application", "moment", "back", "sure", "payload.", "payload.email", "payload.seats"] as const),
  ...["payload.tags", "payload.__proto__", "option.queue", "option.priority", "option.delay", "option.concurrencyKey", "csrf[]"],
  ...["__proto__", "constructor", "token", "next", "payload.kind"],
];
const QUERIES: List = [
  ...([
    "name",
    "queue",
    "key",
    "worker",
    "by",
    "since",
    "until",
    "state",
    "outcome",
    "final",
    "cursor",
    "range",
    "job",
    "q",
    "next",
  ] as const),
  ...["__proto__", "toString", "a[]"],
];
const ODD_QUERIES: List = [
  ...(["final=yes", "outcome=errored", "outcome=successful", "state=ready", "state=scheduled", "state=parked", "state=alive"] as const),
  ...["range=day", "range=week", "range=century", "since=2026-01-01T00:00", "until=2999-01-01T00:00Z", "since=0000-01-01T00:00:00Z"],
  ...["since=%2B275760-09-12T00:00:00Z", "until=-000001-01-01T00:00:00Z", "%zz=%", "cursor=bnVsbA", "cursor=WyJyZXN1bHRzIl0", "job=typed"],
  `cursor=${btoa(JSON.stringify(["results", "2026-02-31T00:00:00", "01890000-0000-7000-8000-000000000000", 1]))}`,
  `cursor=${btoa(JSON.stringify(["newest", "01890000-0000-7000-8000-000000000000"]))}`,
  `cursor=${btoa(JSON.stringify(["workers", "0"]))}`,
  `cursor=${btoa(JSON.stringify(["results", "0000-00-00", "01890000-0000-7000-8000-000000000000", 40_000]))}`,
];
/** What a form that means it would say. */
const RIGHT: Readonly<Record<string, List>> = {
  job: ["plain", "typed", "plain", MARK],
  moment: ["ready 0", "running 1", "scheduled 0", "errored 1"],
  back: ["/waiting?queue=q", "//evil.example", "javascript:alert(1)", "/\\evil.example", `/results?key=${MARK}`, "/a\r\nset-cookie: a=b"],
  next: ["/queues", "//evil.example", "https://evil.example", "/.//evil.example"],
  sure: ["yes", "no"],
  "payload.": [
    "{}",
    '{"a":[1]}',
    '{"a":"\\u0000"}',
    "[",
    "null",
    '"x"',
    `${"[".repeat(5_000)}${"]".repeat(5_000)}`,
    JSON.stringify({ [MARK]: MARK }),
  ],
  "payload.email": ["a@b.example", "nobody", MARK],
  "payload.seats": ["1", "9", "1e400", "many", "0x2"],
  "payload.tags": ['["x"]', "[", "1"],
  "payload.kind": ["a", "b", "c"],
  "option.priority": ["1", "1e9", "-1", "0.5", "NaN"],
  "option.delay": ["10m", "0", "soon", "11y", "-1s"],
  "option.concurrencyKey": ["k", "k2", MARK, "k".repeat(256)],
  "option.queue": ["mail", MARK, "q".repeat(256)],
};
/** Fields without which an action does nothing. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  "/enqueue": ["job", "payload.", "payload.email", "payload.kind"],
  "/cancel": ["id", "sure"],
  "/jobs/:id/cancel": ["moment"],
  "/results/retry": ["id"],
  "/queues/pause": ["queue"],
  "/queues/resume": ["queue"],
  "/schedules/run": ["name"],
  "/schedules/pause": ["application", "name"],
  "/schedules/resume": ["application", "name"],
};

const CHARTS = new Set(["/", "/results", "/running"]);

export function hostileForm(random: Random, known: Known): HostileForm {
  if (random.chance(0.02)) return lost(random);
  if (random.chance(0.45)) {
    const route = pickPage(random);
    const signIn = random.chance(0.03);
    const path = (signIn ? "/sign-in" : fill(random, route, known)) + query(random, known);
    return { action: undefined, ...(signIn ? {} : { page: route }), method: "GET", path, headers: cookieless(random), body: undefined };
  }
  const [route] = random.chance(0.02) ? ["/sign-in"] : random.pick(actions as unknown as [(typeof actions)[number]]);
  return { action: route, method: "POST", path: fill(random, route, known), ...form(random, route, known) };
}

/** The pages with charts take the database many times as long as others. */
function pickPage(random: Random): string {
  const [route] = random.pick(pages as unknown as [(typeof pages)[number]]);
  return CHARTS.has(route) && random.chance(0.6) ? pickPage(random) : route;
}

/** Where there is nothing, or by a method that nobody takes. */
function lost(random: Random): HostileForm {
  const [route] = random.pick(actions as unknown as [(typeof actions)[number]]);
  const path = random.chance(0.5) ? route : `/${encodeURIComponent(text(random))}`;
  const method = random.pick(["PUT", "DELETE", "PATCH", "OPTIONS", "QUERY"]);
  return { action: undefined, method, path, headers: { origin: HERE }, body: undefined };
}

function cookieless(random: Random): Record<string, string> {
  return random.chance(0.1) ? { "x-mayfly-refresh": "yes" } : {};
}

function text(random: Random): string {
  return wellFormed(random.chance(0.4) ? MARK : random.pick(TEXTS));
}

function fill(random: Random, route: string, { ids }: Known): string {
  const id = random.chance(0.8) ? (ids[random.below(ids.length)] ?? "") : text(random);
  return route.replace(":id", () => (random.chance(0.03) ? "%E0%A4%A" : encodeURIComponent(id)));
}

function query(random: Random, { names, ids }: Known): string {
  if (random.chance(0.3)) return "";
  const parts = Array.from({ length: random.below(4) }, () => {
    if (random.chance(0.4)) return random.pick(ODD_QUERIES);
    const value = random.chance(0.3) ? random.pick(names) : random.chance(0.2) ? (ids[random.below(ids.length)] ?? "") : text(random);
    return `${random.pick(QUERIES)}=${encodeURIComponent(value)}`;
  });
  return `?${(random.chance(0.1) ? [...parts, ...parts] : parts).join("&")}`;
}

function form(random: Random, route: string, known: Known): Pick<HostileForm, "headers" | "body"> {
  const fields: [string, string][] = random.chance(0.93) ? [["csrf", known.csrf]] : [["csrf", text(random)]];
  for (const name of NEEDED[route] ?? []) if (random.chance(0.93)) fields.push([name, value(random, name, known)]);
  for (let more = random.below(4); more > 0; more--) {
    const name = random.pick(FIELDS);
    fields.push([name, value(random, name, known)]);
  }
  if (random.chance(0.08)) fields.push(...fields.slice(1));
  const headers: Record<string, string> = random.chance(0.95) ? { origin: HERE } : random.pick([{}, { origin: "https://evil.example" }]);
  const encoded = encode(random, fields);
  return { body: encoded.body, headers: { ...headers, ...encoded.headers } };
}

function value(random: Random, name: string, { ids, names }: Known): string {
  if (random.chance(0.15)) return text(random);
  if (name === "id") return Array.from({ length: 1 + random.below(3) }, () => ids[random.below(ids.length)] ?? "").join(" ");
  if (name === "queue" || name === "name" || name === "application") return random.pick(names);
  return random.pick(RIGHT[name] ?? (TEXTS as List));
}

function encode(random: Random, fields: [string, string][]): { headers: Record<string, string>; body: string | FormData } {
  const body = new URLSearchParams(fields).toString();
  const kind = random.below(100);
  if (kind < 80) return { headers: { "content-type": FORM }, body };
  if (kind < 88) return { headers: {}, body: inParts(random, fields) };
  if (kind < 90)
    return { headers: { "content-type": random.pick(["application/json", "text/html", "x", `${FORM}; charset=utf-16`]) }, body };
  if (kind < 92)
    return { headers: { "content-type": "multipart/form-data; boundary=x" }, body: random.pick(["", "--x", `--x\r\n${body}`, body]) };
  if (kind < 93) return { headers: { "content-type": FORM }, body: `${body}&more=${"x".repeat(600_000)}` };
  if (kind < 96) return { headers: { "content-type": FORM }, body: `${body}&%zz=%&=&&a[]=%00%ff` };
  return {
    headers: { "content-type": FORM },
    body: `${body}&payload.long=${"y".repeat(70_000)}&payload.=${encodeURIComponent(`"${"z".repeat(70_000)}"`)}`,
  };
}

function inParts(random: Random, fields: readonly [string, string][]): FormData {
  const form = new FormData();
  for (const [name, value] of fields) {
    if (random.chance(0.1)) form.append(name, new Blob([value]), MARK);
    else form.append(name, value);
  }
  return form;
}
