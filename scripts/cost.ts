/**
 * What a queue costs: fills the tables of docs/cost.md from prices and formulas. `node scripts/cost.ts`.
 * @module
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const MONTH = { hours: 730, minutes: 730 * 60, seconds: 730 * 3_600 };

/** A database that is suspended while it is not asked. */
interface Plan {
  readonly name: string;
  /** Dollars an hour while it is awake, at its smallest size. */
  readonly perHour: number;
  /** It is suspended so many minutes after the last query. */
  readonly suspendAfter: number;
  /** Hours awake a month after which it is cut off. */
  readonly mostHours?: number;
}

/** The smallest sizes: 0.25 CU of Neon, 0.5 ACU of Aurora. */
const PLANS = {
  free: { name: "Neon Free", perHour: 0, suspendAfter: 5, mostHours: 100 / 0.25 },
  launch: { name: "Neon Launch", perHour: 0.25 * 0.106, suspendAfter: 5 },
  scale: { name: "Neon Scale", perHour: 0.25 * 0.222, suspendAfter: 1 },
  aurora: { name: "Aurora, to 0 ACU", perHour: 0.5 * 0.12, suspendAfter: 5 },
} satisfies Record<string, Plan>;

/** The share of time that it is awake where something asks at random, so often a minute: between two asks longer apart than `suspendAfter` it sleeps. */
export function awakeAtRandom(perMinute: number, suspendAfter: number): number {
  return 1 - Math.exp(-perMinute * suspendAfter);
}

/** The same where something asks every so many minutes. */
export function awakeRegularly(everyMinutes: number, suspendAfter: number): number {
  return Math.min(1, suspendAfter / everyMinutes);
}

/** The same where so much falls due a minute at random, and all of it at the next point of a grid of this width. */
export function awakeOnGrid(perMinute: number, widthMinutes: number, suspendAfter: number): number {
  const used = 1 - Math.exp(-perMinute * widthMinutes);
  return used * awakeRegularly(widthMinutes, suspendAfter);
}

/** Dollars a month at this share of time. */
export function dollars({ perHour, mostHours }: Plan, awake: number): string {
  const hours = MONTH.hours * awake;
  if (mostHours !== undefined) return hours <= mostHours ? "fits" : `cut off on day ${Math.ceil(mostHours / awake / 24)}`;
  return `$${(perHour * hours).toFixed(2)}`;
}

type Load = readonly [what: string, awake: (suspendAfter: number) => number];

const LOADS: readonly Load[] = [
  ["a query every minute: a cron that asks the database, a container that polls", (after) => awakeRegularly(1, after)],
  ["nothing, and a look every hour", (after) => awakeRegularly(60, after)],
  ["nothing, and a look every six hours (the default)", (after) => awakeRegularly(360, after)],
  ["1 job a day, and that look", (after) => either(awakeAtRandom(1 / 1_440, after), awakeRegularly(360, after))],
  ["1 job an hour", (after) => awakeAtRandom(1 / 60, after)],
  ["6 jobs an hour", (after) => awakeAtRandom(6 / 60, after)],
  ["12 jobs an hour", (after) => awakeAtRandom(12 / 60, after)],
  ["1 job a minute", (after) => awakeAtRandom(1, after)],
  ["1 job a second", (after) => awakeAtRandom(60, after)],
  ["a dashboard tab that is looked at for an hour a day, and nothing else", () => 1 / 24],
  ["`GET /metrics` scraped every minute", (after) => awakeRegularly(1, after)],
  ["`GET /metrics` scraped every hour", (after) => awakeRegularly(60, after)],
];

/** Awake for either of two reasons that know nothing of each other. */
function either(one: number, other: number): number {
  return 1 - (1 - one) * (1 - other);
}

/** Jobs a day that are due at times of their own, and widths in minutes. */
const DUE = { jobs: [24, 96, 288], widths: [15, 60, 360] };

/** What the ledger itself costs: beyond what a plan includes, a million requests 0.15 dollars, a million rows written one dollar. */
export function ledgerDollars(requests: number, rows: number): number {
  return Math.max(0, requests / 1e6 - 1) * 0.15 + Math.max(0, rows / 1e6 - 50);
}

/** Requests and rows written: a cron asks each minute; an enqueue is a wake and a settle, each of which writes its state and its alarm. */
const LEDGER_LOADS: readonly (readonly [what: string, jobs: number])[] = [
  ["nothing", 0],
  ["1 job a minute", MONTH.minutes],
  ["1 job a second", MONTH.seconds],
];

/** From here on a queue with a ledger saves less than a third of what one without costs, on Neon Launch. */
export function breakEvenJobsAnHour(): number {
  for (let jobs = 1; ; jobs++) if (awakeAtRandom(jobs / 60, PLANS.launch.suspendAfter) > 2 / 3) return jobs - 1;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  return [heads, heads.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;

/** The page with its tables filled; what stands between the marks is replaced. */
export function fillCosts(page: string): string {
  const plans = Object.values(PLANS);
  const databases = LOADS.map(([what, awake]) => [
    what,
    percent(awake(PLANS.launch.suspendAfter)),
    ...plans.map((plan) => dollars(plan, awake(plan.suspendAfter))),
  ]);
  const ledgers = LEDGER_LOADS.map(([what, jobs]) => {
    const [requests, rows] = [MONTH.minutes + 2 * jobs, 4 * jobs];
    return [what, `${(requests / 1e6).toFixed(2)} M`, `${(rows / 1e6).toFixed(2)} M`, `$${ledgerDollars(requests, rows).toFixed(2)}`];
  });
  const filled = fill(page, "databases", table(["a month of", "awake", ...plans.map(({ name }) => name)], databases));
  const withLedger = fill(filled, "ledger", table(["a month of", "requests", "rows written", "beyond what is included"], ledgers));
  const withGrid = fill(withLedger, "within", withinTable());
  return fill(withGrid, "break-even", `About ${breakEvenJobsAnHour()} jobs an hour.`);
}

function withinTable(): string {
  const { launch } = PLANS;
  const cell = (awake: number) => `${percent(awake)}, ${dollars(launch, awake)}`;
  const rows = DUE.jobs.map((jobs) => {
    const perMinute = jobs / 1_440;
    const grids = DUE.widths.map((width) => cell(awakeOnGrid(perMinute, width, launch.suspendAfter)));
    return [String(jobs), cell(awakeAtRandom(perMinute, launch.suspendAfter)), ...grids];
  });
  return table(["due a day", "each at its time", "within 15 minutes", "within an hour", "within 6 hours"], rows);
}

function fill(page: string, name: string, text: string): string {
  const [start, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  const [before, after] = [page.indexOf(start), page.indexOf(end)];
  if (before < 0 || after < before) throw new Error(`The page has no ${start} and ${end} after it.`);
  return `${page.slice(0, before)}${start}\n\n${text}\n\n${page.slice(after)}`;
}

if (import.meta.main) {
  const path = join(import.meta.dirname, "../docs/cost.md");
  writeFileSync(path, fillCosts(readFileSync(path, "utf8")));
}
