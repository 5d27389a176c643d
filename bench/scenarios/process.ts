/**
 * No-op jobs that wait already, each contender in its fastest settings.
 * @module
 */
import { contenderOf, contenders } from "../contenders/index.ts";
import { processJobs } from "../process-jobs.ts";
import { AGAINST_PEERS, againstPeers, type Scenario, scaled } from "../scenario.ts";
import { perSecond } from "../statistics.ts";

const SIZES = [
  { name: "20 B", bytes: 20, jobs: 50_000 },
  { name: "1 KB", bytes: 1_024, jobs: 40_000 },
  { name: "8 KB", bytes: 8_192, jobs: 20_000 },
];

/** Mayfly validates every payload and keeps every result; pg-boss keeps finished jobs; graphile-worker deletes them. */
export const processScenario: Scenario = {
  name: "process",
  ratioOf: AGAINST_PEERS,
  cases: (scale) =>
    SIZES.map(({ name, bytes, jobs }) => ({ name, subjects: contenders, options: { bytes, jobs: scaled(jobs, scale, 500) } })),
  async measure(url, subject, { jobs, bytes }) {
    const contender = contenderOf(subject);
    return { "jobs/s": perSecond(Number(jobs), await processJobs(contender, url, contender.fastest, Number(jobs), Number(bytes))) };
  },
  ratio: againstPeers,
};
