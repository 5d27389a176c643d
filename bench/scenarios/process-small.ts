/**
 * No-op jobs, ten at a time: graphile-worker without its local queue, pg-boss with one batch of ten.
 * @module
 */
import { contenderOf, contenders } from "../contenders/index.ts";
import { peerRatios } from "../figures.ts";
import { processJobs } from "../process-jobs.ts";
import { type Scenario, scaled } from "../scenario.ts";

/** What a small worker gets out of a queue. */
export const processSmall: Scenario = {
  name: "process-small",
  ratios: peerRatios,
  cases: (scale) => [{ name: "10 at a time, 20 B", subjects: contenders, options: { jobs: scaled(20_000, scale, 10), bytes: 20 } }],
  measure(url, subject, { jobs, bytes }) {
    const contender = contenderOf(subject);
    return processJobs(contender, url, contender.small, { jobs: Number(jobs), bytes: Number(bytes) });
  },
};
