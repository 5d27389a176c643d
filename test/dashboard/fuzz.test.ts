/**
 * 3,000 requests to the dashboard that nobody should send, on a database full of hostile texts: each gets a proper answer that makes
 * nothing of them, tells nothing of the inside, and changes what it says it changed.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as z from "zod";
import { actions, pages } from "../../src/dashboard/routes.ts";
import { defineJob, schedule } from "../../src/index.ts";
import { useDatabase } from "../support/database.ts";

import { type HostileForm, hostileForm, MARK } from "../support/hostile-forms.ts";
import { FUZZ, FUZZ_SEED, INSIDE } from "../support/hostile-texts.ts";
import { seeded } from "../support/random.ts";
import { fillWith, hostileJob } from "./hostile.ts";
import { type Answer, openDashboard, TOKEN } from "./support.ts";

const CASES = 3_000 * FUZZ;
const SEED = 20_260_102 + FUZZ_SEED;
/** The rows are counted after so many. */
const ROUND = 100;

const FILLS = [MARK, "'; drop table mayfly.job; --", "é🪰\u202e\ufeff{{7*7}}", "k".repeat(250)] as const;
/** What stands between the marker's parts, as it should not come out. */
const UNESCAPED = /m4rk["'<>&]m4rk|m4rk49m4rk/;
const MARKUP = /<script(?! src="\/assets\/)|<[^>]* on\w+=|(?:href|src|action)="(?!\/|#|[\w-]+$)/;

const database = useDatabase();

const plain = defineJob("plain");
const typed = defineJob("typed", {
  payload: z.object({ email: z.email(), seats: z.int().max(5).optional(), tags: z.array(z.string()).optional(), kind: z.enum(["a", "b"]) }),
});
const marked = hostileJob(MARK);
const jobs = [plain, typed, marked];
const throws = () => {
  throw new Error(MARK);
};
const schedules = [
  schedule("nightly", "0 3 * * *", plain),
  schedule(MARK, "0 3 * * *", marked),
  schedule("moody", "0 3 * * *", typed, { payload: throws }),
];

interface Counts {
  readonly jobs: number;
  readonly queues: readonly string[];
  readonly schedules: readonly string[];
}

/** What the answers say there should be. */
const told = { jobs: 0, queues: new Set<string>(), schedules: new Set<string>(), cancelled: 0 };
const ids: string[] = [];

async function count(): Promise<Counts & { readonly cancelled: number; readonly tables: number; readonly seeds: string }> {
  const [found] = await database.sql<Awaited<ReturnType<typeof count>>>(`
    select
      (select count(*) from mayfly.job)::int as jobs,
      array(select name from mayfly.queue where paused_at is not null) as queues,
      array(select application || '/' || name from mayfly.schedule where paused_at is not null) as schedules,
      (select count(*) from mayfly.result where outcome = 'cancelled')::int as cancelled,
      (select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'mayfly')::int as tables,
      (select md5(string_agg(r.id::text || r.name || r.queue || j.payload::text || r.error::text || r.output::text, '|' order by r.id))
        from mayfly.result r join mayfly.job j using (id) where r.output is not null) as seeds`);
  assert.ok(found);
  return { ...found, queues: found.queues.toSorted(), schedules: found.schedules.toSorted() };
}

function check({ status, headers, text }: Answer): void {
  assert.ok((status >= 200 && status < 300) || status === 303 || (status >= 400 && status < 500), `${status}`);
  assert.doesNotMatch(text, UNESCAPED);
  assert.doesNotMatch(text, MARKUP);
  assert.ok(!text.includes(TOKEN) && !text.includes("operator-token"));
  // Jobs say where in the program they come from; refusals say nothing of the kind.
  if (status >= 400) assert.doesNotMatch(text, INSIDE);
  assert.match(headers.get("content-security-policy") ?? "", /frame-ancestors 'none'/);
  assert.deepEqual([headers.get("x-content-type-options"), headers.get("cache-control")], ["nosniff", "no-store"]);
  const location = headers.get("location");
  assert.equal(location !== null, status === 303);
  if (location !== null) assert.equal(new URL(location, "http://localhost/x").origin, "http://localhost", location);
  else assert.match(headers.get("content-type") ?? "", /^text\/html; charset=UTF-8$/i);
}

/** What an action has left to be said. */
function flashOf({ headers }: Answer): { readonly kind: string; readonly text: string; readonly job?: string } | undefined {
  const [, value] =
    headers
      .getSetCookie()
      .map((cookie) => /^mayfly_flash=([^;]+)/.exec(cookie) ?? [])
      .find((found) => found.length > 0) ?? [];
  if (value === undefined) return undefined;
  const signed = decodeURIComponent(value);
  return JSON.parse(signed.slice(0, signed.lastIndexOf("."))) as ReturnType<typeof flashOf>;
}

/** Notes what an answer says was done. */
function note({ action, body }: HostileForm, answer: Answer): void {
  const flash = flashOf(answer);
  if (!flash || action === undefined) return;
  const number = (words: RegExp) => Number(words.exec(flash.text)?.[1] ?? 0);
  const field = (name: string) => {
    const found = typeof body === "string" ? new URLSearchParams(body).getAll(name).at(-1) : body?.getAll(name).at(-1);
    return typeof found === "string" ? found : "";
  };
  if (/is enqueued\.$|runs once more/.test(flash.text)) {
    told.jobs++;
    if (flash.job !== undefined) ids.push(flash.job);
  }
  if (action === "/results/retry") told.jobs += number(/^(\d+) jobs? went in/);
  told.cancelled += flash.text === "The job is cancelled." ? 1 : number(/^(\d+) jobs? cancelled/);
  if (flash.kind !== "done") return;
  if (action === "/queues/pause") told.queues.add(field("queue"));
  if (action === "/queues/resume") told.queues.delete(field("queue"));
  if (action === "/schedules/pause") told.schedules.add(`${field("application")}/${field("name")}`);
  if (action === "/schedules/resume") told.schedules.delete(`${field("application")}/${field("name")}`);
}

test(`${CASES} requests out of seed ${SEED}`, async (t) => {
  for (const text of FILLS) ids.push(...Object.values(await fillWith(database, text)));
  const start = await count();
  told.jobs = start.jobs;
  const browser = openDashboard(database, { jobs, schedules });
  const known = { ids, csrf: "", names: [...FILLS, "default", "mail", "nightly", "moody"] as const };
  let session = "";
  async function signIn(): Promise<void> {
    known.csrf = await browser.signIn();
    session = browser.cookies.get("mayfly_session") ?? "";
  }
  await signIn();
  const random = seeded(SEED);
  const statuses: Record<string, number> = {};
  const done: Record<string, number> = {};
  let recent: string[] = [];
  for (let nth = 0; nth < CASES; nth++) {
    const request = hostileForm(random, known);
    const { method, path, headers, body } = request;
    const sent = typeof body === "string" ? body : body && [...body].map(([name, value]) => `${name}=${String(value)}`).join("&");
    const shown = `${nth}: ${method} ${path} ${JSON.stringify(headers)} ${sent?.slice(0, 400)}`;
    recent.push(shown);
    browser.cookies.set("mayfly_session", session);
    try {
      const answer = await browser.send(path, { method, headers, ...(body === undefined ? {} : { body }) });
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
      check(answer);
      note(request, answer);
      // It ends every copy of the session.
      if (path.includes("/sign-out")) await signIn();
      const flash = flashOf(answer);
      if (request.page !== undefined && answer.status < 400) done[`${request.page} shown`] = (done[`${request.page} shown`] ?? 0) + 1;
      if (flash) done[`${request.action} ${flash.kind}`] = (done[`${request.action} ${flash.kind}`] ?? 0) + 1;
    } catch (error) {
      const inside = browser.lines.map(({ fields }) => String((fields?.error as Error | undefined)?.stack)).join("\n");
      throw new Error(`${shown}\n${inside}`, { cause: error });
    }
    if (nth % ROUND === ROUND - 1) {
      const { cancelled, tables, seeds, ...found } = await count();
      assert.deepEqual(
        found,
        { jobs: told.jobs, queues: [...told.queues].sort(), schedules: [...told.schedules].sort() },
        recent.join("\n"),
      );
      assert.ok(cancelled <= told.cancelled, `${cancelled} were cancelled, ${told.cancelled} told of`);
      assert.deepEqual({ tables, seeds }, { tables: start.tables, seeds: start.seeds });
      recent = [];
    }
  }
  t.diagnostic(JSON.stringify({ ...statuses, ...done }));
  assert.deepEqual(browser.lines, []);
  for (const status of [200, 303, 400, 401, 403, 404, 413, 422]) assert.ok((statuses[status] ?? 0) > 3, `${status} came up`);
  // What is right in it is done: each page was shown, and each action has met with success.
  for (const [page] of pages) assert.ok((done[`${page} shown`] ?? 0) > 0, `${page} was shown`);
  for (const [action] of actions.filter(([path]) => path !== "/sign-out"))
    assert.ok((done[`${action} done`] ?? 0) > 0, `${action} was done`);
});
