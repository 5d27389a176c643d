/**
 * Looks for the settings in which each contender is fastest; what they are is in `contenders/`. Run by name only: `npm run bench -- tune`.
 * @module
 */
import { contenderOf } from "../contenders/index.ts";
import { byFirst, figureNames } from "../figures.ts";
import { processJobs } from "../process-jobs.ts";
import { type Scenario, scaled } from "../scenario.ts";

/** Concurrency by batch, see `Settings`. */
const TRIED: Readonly<Record<string, readonly string[]>> = {
  mayfly: ["500 x 500", "200 x 200", "1000 x 1000"],
  "graphile-worker": ["24 x 500", "8 x 500", "24 x 100", "24 x 2000", "100 x 500", "500 x 1000"],
  "pg-boss": ["2 x 500", "1 x 500", "1 x 2000", "2 x 1000", "4 x 500", "8 x 250"],
};

const SIZES = [
  { size: "20 B", bytes: 20, jobs: 50_000 },
  { size: "8 KB", bytes: 8_192, jobs: 5_000 },
];

/** A case for each contender and size, a subject for each of its settings. */
export const tune: Scenario = {
  name: "tune",
  ratios: { "jobs/s by the first": byFirst(figureNames.rate), "database by the first": byFirst(figureNames.database) },
  cases: (scale) =>
    Object.entries(TRIED).flatMap(([contender, subjects]) =>
      SIZES.map(({ size, bytes, jobs }) => ({
        name: `${contender}, ${size}`,
        subjects,
        options: { contender, bytes, jobs: scaled(jobs, scale, 500) },
      })),
    ),
  measure(url, subject, { contender, jobs, bytes }) {
    const [concurrency = 1, batch = 1] = subject.split(" x ").map(Number);
    return processJobs(contenderOf(String(contender)), url, { concurrency, batch }, { jobs: Number(jobs), bytes: Number(bytes) });
  },
};
