/**
 * No-op jobs, ten at a time: graphile-worker without its local queue, pg-boss with one batch of ten.
 * @module
 */
import { contenderOf, contenders } from "../contenders/index.ts";
import { processJobs } from "../process-jobs.ts";
import { AGAINST_PEERS, againstPeers, type Scenario, scaled } from "../scenario.ts";
import { perSecond } from "../statistics.ts";

/** What a small worker gets out of a queue. */
export const processSmall: Scenario = {
  name: "process-small",
  ratioOf: AGAINST_PEERS,
  cases: (scale) => [{ name: "10 at a time, 20 B", subjects: contenders, options: { jobs: scaled(10_000, scale, 10) } }],
  async measure(url, subject, { jobs }) {
    const contender = contenderOf(subject);
    return { "jobs/s": perSecond(Number(jobs), await processJobs(contender, url, contender.small, Number(jobs), 20)) };
  },
  ratio: againstPeers,
};
