/**
 * Faults made on purpose, in the SQL and in the engine: what a simulation must find.
 * @module
 */

/** A change of one text. */
export interface Mutant {
  readonly promise: string;
  /** A function of the schema, or a file below src/. */
  readonly of: string;
  readonly from: string;
  readonly to: string;
}

/** The text with the fault. */
export function changed(text: string, { of, from, to }: Mutant): string {
  if (!text.includes(from)) throw new Error(`${of} does not have ${from}`);
  return text.replaceAll(from, to);
}

/** Of SQL functions, as the database has them. */
export const SQL_MUTANTS: readonly Mutant[] = [
  { promise: "a repeated turn claims nothing more", of: "turn_v1", from: "fresh := found;", to: "fresh := true;" },
  {
    promise: "a repeated turn answers what the first one claimed",
    of: "turn_v1",
    from: "if slots > 0 and (claimed.claimed > 0 or not fresh) then",
    to: "if claimed.claimed > 0 then",
  },
  {
    promise: "an attempt is settled under its own claim only",
    of: "turn_end",
    from: "and (r.claim_id = s.claim_id) is true\nwhere (r.worker_id = worker) is true",
    to: "",
  },
  {
    promise: "a worker is dead only after the heartbeat's time-out",
    of: "rescue_v1",
    from: "stale_ms * interval",
    to: "stale_ms / 30 * interval",
  },
  {
    promise: "a lost attempt counts",
    of: "lost_attempt",
    from: "when job.attempt <= job.retries or l.free then 0",
    to: "when true then 0",
  },
  { promise: "an idempotent job's lost attempts do not count", of: "lost_attempt", from: "< 5 and exists", to: "< 0 and exists" },
  {
    promise: "a retry waits for its delay",
    of: "move_jobs",
    from: "e.retry_in_ms * interval '1 millisecond'",
    to: "0 * interval '1 millisecond'",
  },
  { promise: "a delayed job waits", of: "new_jobs", from: "(entry.job ->> 'delay_ms')::bigint * interval", to: "0 * interval" },
  {
    promise: "a job is promoted when it is due",
    of: "turn_promote",
    from: "simulated_clock.now()",
    to: "(simulated_clock.now() + interval '1 minute')",
  },
  { promise: "one live job holds a key", of: "hold_keys", from: "(j.request).exclusive", to: "false" },
  {
    promise: "a key is held through retries",
    of: "release",
    from: "where f.gone and f.held_key is not null",
    to: "where f.held_key is not null",
  },
  { promise: "as many live jobs as the limit says", of: "enqueue_counted", from: ">= job.live_limit or", to: "> job.live_limit or" },
  { promise: "as many running jobs as the limit says", of: "turn_take", from: "d.running_limit is null or limited", to: "true" },
  {
    promise: "an expired job is not run",
    of: "turn_take",
    from: "and (d.expires_at <= simulated_clock.now() and d.hook is null) is not true",
    to: "",
  },
  {
    promise: "a job expires when its time is over",
    of: "duty_expire",
    from: "<= simulated_clock.now()",
    to: "<= simulated_clock.now() + interval '1 hour'",
  },
  { promise: "a hook comes before the end", of: "after_attempt", from: "when has_hook then 'hook'", to: "when false then 'hook'" },
  {
    promise: "a cancelled job runs no more",
    of: "after_attempt",
    from: "when cancelled and (again or outcome = 'lost') and outcome <> 'successful' then 'cancelled'",
    to: "",
  },
  {
    promise: "a deferral does not count",
    of: "attempts_made",
    from: "(outcome = 'released' or counts_as_attempt is false)",
    to: "outcome = 'released'",
  },
  { promise: "an attempt counts", of: "attempts_made", from: "(outcome = 'released' or counts_as_attempt is false)", to: "true" },
  {
    promise: "a schedule fires once a tick",
    of: "fire_v1",
    from: "and s.fire_count = one.fire_count\nand s.next_at <= simulated_clock.now()",
    to: "",
  },
  {
    promise: "a new set of schedules drops no tick that is due",
    of: "announce_schedules_v1",
    from: "when s.definition -> 'timing' is not distinct from excluded.definition -> 'timing' then s.next_at",
    to: "when false then s.next_at",
  },
  { promise: "results are kept for the retention", of: "truncate_partition", from: "occupied or young", to: "occupied" },
  { promise: "a job is retried by hand once", of: "retry_v1", from: "where f.retried_as is null)", to: ")" },
  { promise: "a job leaves with its result", of: "write_results", from: "where e.result is not null", to: "where e.result = 'successful'" },
];

/** Of the engine's files. */
export const ENGINE_MUTANTS: readonly Mutant[] = [
  {
    promise: "a failed job has all its retries",
    of: "src/worker/outcome.ts",
    from: "(!free && job.attempt > job.retries)",
    to: "(!free && job.attempt >= job.retries)",
  },
  {
    promise: "a failed job waits for its retry delay",
    of: "src/worker/settle-job.ts",
    from: "delayMs: delay.ms, interrupted",
    to: "delayMs: 0, interrupted",
  },
  {
    promise: "a deferred job waits as long as it asked for",
    of: "src/worker/outcome.ts",
    from: ": Math.max(delayMs, LEAST_FREE_DEFERRAL_MS)",
    to: ": 0",
  },
  {
    promise: "of a schedule that misses none each tick has a job",
    of: "src/schedule/due-ticks.ts",
    from: 'missed === "all" ? MOST_TICKS : 1',
    to: "1",
  },
  { promise: "a job that was cancelled does not start", of: "src/worker/run.ts", from: "if (this.job.cancelRequested)", to: "if (false)" },
  {
    promise: "a lost job's hook is onAborted",
    of: "src/worker/call-hooks.ts",
    from: 'if (job.hook !== "errored") await handler.onAborted?.(context);',
    to: "",
  },
  {
    promise: "results are not thrown away while there is time",
    of: "src/worker/take-turn.ts",
    from: "mayHold && mayPass(error)",
    to: "false",
  },
  {
    promise: "what could not be settled is settled later",
    of: "src/worker/in-flight.ts",
    from: "const taken = [...this.#postponed, ...this.#settlements];",
    to: "const taken = [...this.#postponed, ...this.#settlements.slice(1)];",
  },
];

/** What only two transactions at once can show, so that no simulation finds it: `test/race` makes these faults on real servers. */
export const CONCURRENT = [
  "turn_promote without skip locked",
  "turn_lock_head without skip locked",
  "enqueue_v1 and hold_keys in the order in which jobs were given",
  "cancel_v1 and retry_v1 without their row locks",
  "turn_presence that does not put its worker in again",
  "the limits without their lock rows",
];
