/**
 * The programs of a simulation: invocations that run jobs, and producers. Everything in them is the code of production, over a network and a clock of their own.
 * @module
 */
import type { Consumer, ConsumerLifetime } from "../../app/consumer.ts";
import { fitLifetime, type Lifetime, MARGIN_MS } from "../../app/lifetime.ts";
import { createWaker } from "../../app/waker.ts";
import { createIdSource } from "../../base/ids.ts";
import type { Logger } from "../../base/logger.ts";
import { Problems } from "../../base/problems.ts";
import type { Announce } from "../../enqueue/announce.ts";
import { createJobs } from "../../enqueue/jobs.ts";
import { resolveLimits } from "../../enqueue/limits.ts";
import type { Handler } from "../../job/handler.ts";
import type { JobsClient } from "../../job/jobs-client.ts";
import type { Statement } from "../../postgres/driver/driver.ts";
import { postgresStore } from "../../postgres/postgres-store.ts";
import type { ScheduleEntry } from "../../schedule/schedule.ts";
import { scheduleSetHash } from "../../schedule/schedule-set.ts";
import type { Store } from "../../store/store.ts";
import { createBudget } from "../../worker/budget.ts";
import { drain } from "../../worker/drain.ts";
import { tick } from "../../worker/tick.ts";
import { WakeSignal } from "../../worker/wake-signal.ts";
import { byName, type Heartbeat, type Worker } from "../../worker/worker.ts";
import { Actor } from "./actor.ts";
import type { LyingLedger } from "./lying-ledger.ts";
import type { Network, NetworkOptions } from "./network.ts";
import { type Random, randomBytes, seeded } from "./random.ts";
import type { Record } from "./record.ts";
import { recordedStore } from "./recorded-store.ts";
import { watched } from "./watched-handlers.ts";

/** One version of the application, as it is deployed. */
export interface Version<Env> {
  /** What it can run. */
  readonly handlers: readonly Handler<Env>[];
  /** Default: none. */
  readonly schedules?: readonly ScheduleEntry[];
}

export interface ProgramsOptions<Env> extends NetworkOptions {
  readonly network: Network;
  readonly record: Record;
  /** Undefined: there is none. */
  readonly ledger: () => LyingLedger | undefined;
  readonly env: Env;
  readonly heartbeat: Heartbeat;
  readonly retentionDays: number;
}

/** What every simulation runs with. */
export const LIFETIME: Lifetime = { claimForMs: 30_000, hardEndMs: 120_000 };
/** Jobs that an invocation runs at a time. */
export const SLOTS = 4;
/** A wrong clock is wrong by at most so much. */
const SKEW_MS = 2 * 86_400_000;
const APPLICATION = "simulation";
const LIMITS = resolveLimits(undefined, new Problems());

/** A program with what it holds of the queue. */
export interface Program {
  readonly actor: Actor;
  readonly random: Random;
  readonly newId: () => string;
  readonly store: Store;
}

export class Programs<Env> {
  readonly #options: ProgramsOptions<Env>;
  #count = 0;

  constructor(options: ProgramsOptions<Env>) {
    this.#options = options;
  }

  /** A program of its own: what a seed draws within it changes nothing in the others. */
  start(kind: string, onExecuted?: (name: string, params: Statement["params"]) => void): Program {
    const { time, weather, network, record, story } = this.#options;
    const skewMs = weather.strikes("clockWrong") ? weather.random.below(2 * SKEW_MS) - SKEW_MS : 0;
    const actor = new Actor(`${kind} ${++this.#count}`, time, skewMs);
    if (skewMs !== 0) story.tell(actor.name, `has a clock that is wrong by ${Math.round(skewMs / 60_000)} min`);
    const random = seeded(weather.random.below(2 ** 32));
    const store = postgresStore({ driver: network.driverOf(actor, onExecuted), clock: actor.clock, random: random.next });
    return { actor, random, newId: createIdSource(actor.clock, randomBytes(random)), store: recordedStore(store, record, time) };
  }

  /** The queue's client, as this program holds it: what it puts in, it announces to the wake ledger. */
  jobsOf({ actor, newId, store }: Program): JobsClient {
    const ledger = this.#options.ledger()?.of(actor);
    const waker = createWaker<undefined>({ drains: null, ledger: () => ledger, clock: actor.clock, newId, logger: silent });
    const announce: Announce = (runnable) => waker(undefined, undefined, runnable);
    return createJobs({ store, limits: LIMITS, ids: { newId, clock: actor.clock }, announce });
  }

  /** An invocation of this version, which runs a whole tick. */
  consumer(version: Version<Env>, kind: string): { readonly actor: Actor; readonly consumer: Consumer<Env> } {
    const { env, heartbeat, record, retentionDays, time } = this.#options;
    const program = this.start(kind, (name, params) => {
      if (name === "turn" && params.at(-1) !== null) record.workers.get(params[0] ?? "")?.heardAt.push(time.now);
    });
    const { actor, newId, random, store } = program;
    const handlers = version.handlers.map((handler) => watched(handler, { ...this.#options, actor }));
    const entries = version.schedules ?? [];
    const schedules = { set: { application: APPLICATION, hash: scheduleSetHash(entries) }, entries, limits: LIMITS };

    const worker = (lifetime: Lifetime): Worker<Env> => {
      const id = newId();
      record.workers.set(id, { actor, hardEndAt: actor.clock.now() + lifetime.hardEndMs - MARGIN_MS, heardAt: [] });
      return {
        id,
        runtime: "simulation",
        host: null,
        queues: [...new Set(handlers.map(({ definition }) => definition.queue))],
        slots: SLOTS,
        handlers: byName(handlers),
        middleware: [],
        heartbeat,
        limits: LIMITS,
        budget: createBudget(actor.clock, { ...lifetime, marginMs: MARGIN_MS }),
        env,
        jobs: this.jobsOf(program),
        store,
        clock: actor.clock,
        newId,
        random: random.next,
        logger: silent,
      };
    };

    async function run(given: ConsumerLifetime) {
      const { waitMs = given.claimForMs, onWorkLeft } = given;
      const { lifetime, tooLong } = fitLifetime(
        given,
        handlers.map(({ definition }) => definition),
      );
      const how = { waitMs, park: tooLong.length === 0, wakeSignal: new WakeSignal(), onWorkLeft, retentionDays, schedules };
      return { ...(await tick(worker(lifetime), how)), usage: store.usage() };
    }

    return {
      actor,
      consumer: {
        slots: SLOTS,
        leaseMs: LIFETIME.hardEndMs + MARGIN_MS,
        deployment: { application: APPLICATION, version: schedules.set.hash },
        serves: () => true,
        servesAll: () => true,
        tick: (_env, lifetime = LIFETIME) => run(lifetime),
        run: (_env, lifetime) => drain(worker(lifetime), { park: false, waitMs: 0 }),
        lasting: () => {
          throw new Error("A simulation has no containers.");
        },
      },
    };
  }
}

/** Says nothing. */
export const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };
