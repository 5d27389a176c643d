/**
 * What can be set of a container's worker, and what comes of it.
 * @module
 */
import { availableParallelism } from "node:os";
import { isBetween, isText, MAX_TIMEOUT_MS } from "../../src/base/bounds.ts";
import { type Duration, formatDuration, parseDuration } from "../../src/base/durations.ts";
import { Problems } from "../../src/base/problems.ts";
import type { LedgerAddress } from "../../src/wake/remote-ledger.ts";

/** The `worker` of a configuration; flags of `mayfly worker` win over it. */
export interface WorkerSettings {
  /** Served as one: by priority, then by age, whichever queue a job is in. Default, and for "*": all that the handlers' jobs name. */
  readonly queues?: readonly string[];
  /** Run jobs in the worker's own process: for many that only wait for others. Default false. */
  readonly inProcess?: boolean;
  /** Jobs at a time in that one process. Default 10. */
  readonly concurrency?: number;
  /** Processes, each with one job at a time. Default: the cores this container may use. */
  readonly maxProcesses?: number;
  /** Jobs after which a process is replaced. Default: never. */
  readonly maxJobsPerProcess?: number;
  /** How long running jobs may go on when the worker is told to stop. Default "30s". */
  readonly grace?: Duration;
  /** How long a handler may go on after its signal has aborted, before its process is killed. Default "5s". */
  readonly killAfter?: Duration;
  /** How long a database that cannot be reached is tried at the start. Default "1m". */
  readonly connectFor?: Duration;
  /** Between two log lines of what was done; 0: none. Default "60s". */
  readonly statsEvery?: Duration;
  /** Serves `/healthz` and `/metrics` there. Default: no server. */
  readonly port?: number;
  /** The address it listens on. Default "0.0.0.0". */
  readonly address?: string;
  /** Be woken by the database where it can (LISTEN); else it is polled. Default true. */
  readonly listen?: boolean;
  /**
   * After so long without a job the database is left alone, so that it can be suspended: no polls, no LISTEN, no heartbeat. The worker goes on when a
   * job or a schedule that it knows of is due, and when `POST /wake` on its `port` says that there is one; every six hours it looks. Default: never.
   */
  readonly restAfter?: Duration;
  /**
   * The wake ledger of a Worker that works on the same database: it is told what this container puts in, notices its death, and calls it for what is due.
   * Where it is set, `POST /wake` takes its token and nothing else. Default: none.
   */
  readonly ledger?: LedgerAddress;
}

/** Settings with defaults, durations in milliseconds. */
export interface ResolvedSettings {
  readonly queues: readonly string[] | undefined;
  readonly inProcess: boolean;
  /** Jobs at a time. */
  readonly slots: number;
  readonly maxJobsPerProcess: number;
  readonly graceMs: number;
  readonly killAfterMs: number;
  readonly connectForMs: number;
  readonly statsEveryMs: number;
  readonly port: number | undefined;
  readonly address: string;
  readonly listen: boolean;
  /** Infinity: never. */
  readonly restAfterMs: number;
  readonly ledger: LedgerAddress | undefined;
}

const MOST_AT_A_TIME = 10_000;

/**
 * Fills in defaults and checks everything.
 * @throws `invalid_config` with all that is wrong
 */
export function resolveSettings(settings: WorkerSettings, heartbeatTimeoutMs: number): ResolvedSettings {
  const problems = new Problems();
  const expect = (right: boolean, problem: string) => {
    if (!right) problems.add([], problem);
  };
  const duration = (name: "grace" | "killAfter" | "connectFor" | "statsEvery" | "restAfter", fallback: Duration): number => {
    const given = settings[name] ?? fallback;
    const ms = given === "0" ? 0 : parseDuration(given);
    expect(ms !== undefined && ms <= MAX_TIMEOUT_MS, `${name} is ${JSON.stringify(settings[name])}; it is a duration such as "30s"`);
    return ms ?? 0;
  };
  const whole = (name: "concurrency" | "maxProcesses" | "maxJobsPerProcess", most: number) => {
    const value = settings[name];
    expect(value === undefined || isBetween(value, 1, most), `${name} is ${value}; it is a whole number from 1 to ${most}`);
  };
  const { queues, inProcess = false, concurrency, maxProcesses, maxJobsPerProcess, port, address = "0.0.0.0", listen = true } = settings;
  const { ledger } = settings;
  whole("concurrency", MOST_AT_A_TIME);
  whole("maxProcesses", 1_000);
  whole("maxJobsPerProcess", Number.MAX_SAFE_INTEGER);
  expect(inProcess || concurrency === undefined, "concurrency goes with inProcess; of processes there are maxProcesses");
  expect(!inProcess || (maxProcesses ?? maxJobsPerProcess) === undefined, "with inProcess there are no processes to count");
  expect(
    queues === undefined || (queues.length > 0 && queues.every((queue) => isText(queue))),
    `queues is ${JSON.stringify(queues)}; it is a list of names`,
  );
  expect(port === undefined || isBetween(port, 0, 65_535), `port is ${port}; it is a whole number from 0 to 65535`);
  expect(ledger === undefined || isAddress(ledger), "ledger has an url, such as https://jobs.example, and the token of a scheduler there");
  const resolved: ResolvedSettings = {
    queues: queues?.includes("*") ? undefined : queues,
    inProcess,
    slots: inProcess ? (concurrency ?? 10) : (maxProcesses ?? availableParallelism()),
    maxJobsPerProcess: maxJobsPerProcess ?? Number.POSITIVE_INFINITY,
    graceMs: duration("grace", "30s"),
    killAfterMs: duration("killAfter", "5s"),
    connectForMs: duration("connectFor", "1m"),
    statsEveryMs: duration("statsEvery", "60s"),
    port,
    address,
    listen,
    ledger,
    restAfterMs: settings.restAfter === undefined ? Number.POSITIVE_INFINITY : duration("restAfter", settings.restAfter),
  };
  const leastMs = 2 * heartbeatTimeoutMs;
  expect(
    resolved.restAfterMs >= leastMs,
    `restAfter is ${JSON.stringify(settings.restAfter)}; it is at least twice the heartbeat's time-out, ${formatDuration(leastMs)}, so that jobs of a worker that died are rescued first`,
  );
  if (problems.count > 0) throw problems.error("invalid_config", "The worker cannot be started with these settings");
  return resolved;
}

/** As it comes from an environment, either may be missing. */
function isAddress({ url, token }: LedgerAddress): boolean {
  return URL.canParse(url) && isText(token);
}
