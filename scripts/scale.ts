/**
 * What a database carries: fills the table of docs/scale.md from the newest runs of the bench. `node scripts/scale.ts`.
 * @module
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newestOf, type Results, readResults } from "../bench/results.ts";

const root = join(import.meta.dirname, "..");

/** What is measured of a job: microseconds of the database's processor, bytes of write-ahead log. */
interface Cost {
  readonly microseconds: number;
  readonly walBytes: number;
}

type Runs = readonly Results[];

/** Mayfly's cost of a case, as its newest run has it. */
function costOf(runs: Runs, scenario: string, name: string): Cost {
  const found = newestOf(runs, "embedded").scenarios.find((one) => one.scenario === scenario);
  const medians = found?.cases.find((one) => one.case === name)?.medians.mayfly;
  if (!medians) throw new Error(`No run of ${scenario}, ${name} is kept: npm run bench -- ${scenario}`);
  return { microseconds: medians["database µs/job"] ?? Number.NaN, walBytes: medians["WAL B/job"] ?? Number.NaN };
}

interface Shape {
  readonly what: string;
  /** Scenario and case of the bench. */
  readonly enqueue: readonly [scenario: string, name: string];
  readonly run: readonly [scenario: string, name: string];
}

/** How jobs are put in, and how large they are. */
const SHAPES: readonly Shape[] = [
  { what: "1,000 a call, run 500 at a time, 20 B", enqueue: ["enqueue-many", "1,000 a call, 20 B"], run: ["process", "20 B"] },
  { what: "one a call, run 500 at a time, 20 B", enqueue: ["enqueue-one", "16 at a time, 20 B"], run: ["process", "20 B"] },
  {
    what: "one a call, run ten at a time, 20 B",
    enqueue: ["enqueue-one", "16 at a time, 20 B"],
    run: ["process-small", "10 at a time, 20 B"],
  },
];

/** Of a core, this share is for the queue; the rest is the app's, and room for peaks. */
const SHARE = 0.5;

/** Jobs a second that a core carries, from end to end, at that share of it. */
export function jobsPerCore(enqueue: Cost, run: Cost): number {
  return (SHARE * 1e6) / (enqueue.microseconds + run.microseconds);
}

/** The page with its table filled. */
export function fillScale(page: string, runs: Runs): string {
  const rows = SHAPES.map(({ what, enqueue, run }) => {
    const [into, out] = [costOf(runs, ...enqueue), costOf(runs, ...run)];
    const jobs = jobsPerCore(into, out);
    const wal = into.walBytes + out.walBytes;
    const cells = [
      what,
      `${into.microseconds.toFixed(0)} + ${out.microseconds.toFixed(0)} µs`,
      `${wal.toFixed(0)} B`,
      `${Math.round(jobs / 10) * 10}`,
      `${((jobs * wal) / 1e6).toFixed(1)} MB/s`,
    ];
    return `| ${cells.join(" | ")} |`;
  });
  const table = [
    "| jobs | processor, in and out | log a job | jobs/s at half a core | log |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
  const [start, end] = ["<!-- cores -->", "<!-- end of cores -->"];
  const [before, after] = [page.indexOf(start), page.indexOf(end)];
  if (before < 0 || after < before) throw new Error(`The page has no ${start} and ${end} after it.`);
  return `${page.slice(0, before)}${start}\n\n${table}\n\n${page.slice(after)}`;
}

if (import.meta.main) {
  const path = join(root, "docs/scale.md");
  writeFileSync(path, fillScale(readFileSync(path, "utf8"), readResults(join(root, "bench/results"))));
}
