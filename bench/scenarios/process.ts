/**
 * No-op jobs that wait already, each contender in its fastest settings.
 * @module
 */
import { contenderOf, contenders } from "../contenders/index.ts";
import { peerRatios } from "../figures.ts";
import { processJobs } from "../process-jobs.ts";
import { type Scenario, scaled } from "../scenario.ts";

/** Each takes the faster contenders some seconds: processor time is told in hundredths of a second. */
const SIZES = [
  { name: "20 B", bytes: 20, jobs: 100_000 },
  { name: "1 KB", bytes: 1_024, jobs: 60_000 },
  { name: "8 KB", bytes: 8_192, jobs: 30_000 },
];

/** Mayfly validates every payload and keeps every result; pg-boss keeps finished jobs; graphile-worker deletes them. */
export const processScenario: Scenario = {
  name: "process",
  ratios: peerRatios,
  cases: (scale) =>
    SIZES.map(({ name, bytes, jobs }) => ({ name, subjects: contenders, options: { bytes, jobs: scaled(jobs, scale, 500) } })),
  measure(url, subject, { jobs, bytes }) {
    const contender = contenderOf(subject);
    return processJobs(contender, url, contender.fastest, { jobs: Number(jobs), bytes: Number(bytes) });
  },
};
