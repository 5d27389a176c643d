/**
 * A queue, its ledgers, and all who use them, in virtual time.
 * @module
 */
import { runnableOf } from "../../src/enqueue/announce.ts";
import type { Deployment, LaneStart, Lease } from "../../src/wake/ledger.ts";
import { reduce } from "../../src/wake/reduce.ts";
import { calleeOf } from "../../src/wake/start-lanes.ts";
import type { LedgerSettings } from "../../src/wake/state.ts";
import { newJob } from "../support/samples.ts";
import { EventQueue } from "./event-queue.ts";
import { ModelConsumer } from "./model-consumer.ts";
import { ModelContainer } from "./model-container.ts";
import { ModelLedger, type Reduce } from "./model-ledger.ts";
import { HEARTBEAT_TIMEOUT_MS, type JobPlan, ModelQueue } from "./model-queue.ts";
import { type Faults, Weather } from "./weather.ts";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const SETTINGS: LedgerSettings = {
  lanes: 8,
  callees: 0,
  slots: 4,
  leaseMs: 15 * MINUTE,
  targetMs: 5_000,
  safetyMs: 6 * HOUR,
  heartbeatTimeoutMs: HEARTBEAT_TIMEOUT_MS,
  writeMs: 30_000,
  leadMs: 0,
};

export interface Enqueue {
  readonly at: number;
  readonly jobs: readonly JobPlan[];
  /** Whether whoever puts them in runs them, as far as they are ready; undefined: plain SQL, of which nobody is told. */
  readonly drains: boolean | undefined;
  readonly writeMs: number;
}

export interface WorldOptions {
  readonly seed?: number;
  readonly faults?: Faults;
  readonly ledgers?: number;
  readonly settings?: Partial<LedgerSettings>;
  readonly crons?: boolean;
  /** The database sleeps after five minutes without a look, and takes so long to wake. */
  readonly coldMs?: number;
  /** Whose crons ask; lanes are the first one's. */
  readonly applications?: readonly string[];
  readonly reduce?: Reduce;
  /** There is a container, too, which is killed at these times, and back a while later. */
  readonly container?: { readonly killAt?: readonly number[] };
}

const versionOf = (application: string): Deployment => ({ application, version: "1" });

/** As long as a write and a drain with all that it claims may take. */
const LEASE_MS = 60_000;

export class ModelWorld {
  readonly events = new EventQueue();
  readonly queue: ModelQueue;
  readonly ledgers: readonly ModelLedger[];
  readonly settings: LedgerSettings;
  /** Consumers that were started. */
  readonly started = { lane: 0, enqueuer: 0, cron: 0 };
  lanesAtWork = 0;
  mostLanes = 0;
  readonly container: ModelContainer | undefined;
  readonly #weather: Weather;
  readonly #application: string;
  readonly #coldMs: number;
  #nth = 0;
  #nthCall = 0;
  #lastAt = 0;

  constructor({
    seed = 1,
    faults = {},
    ledgers = 1,
    settings,
    crons = true,
    coldMs = 0,
    applications = ["app"],
    reduce: reduceWith = reduce,
    container,
  }: WorldOptions = {}) {
    const { events } = this;
    this.settings = { ...SETTINGS, ...(container ? { callees: 1 } : {}), ...settings };
    this.#weather = new Weather(seed, faults);
    this.queue = new ModelQueue(
      events,
      () => this.lanesAtWork < this.settings.lanes,
      () => this.container?.isFree ?? false,
    );
    events.onEvent = () => this.queue.observe();
    this.ledgers = Array.from({ length: ledgers }, () => {
      const ledger: ModelLedger = new ModelLedger({
        events,
        weather: this.#weather,
        reduce: reduceWith,
        settings: this.settings,
        start: (lane) => events.after(this.#weather.latencyMs(), () => this.#start(ledger, lane)),
      });
      return ledger;
    });
    for (const at of this.#weather.forgetAt) events.at(at, () => this.#anyLedger().forget());
    this.#coldMs = coldMs;
    this.#application = applications[0] ?? "app";
    if (container) {
      const { queue } = this;
      const send: ModelLedger["send"] = (event, onReply) => this.#anyLedger().send(event, onReply);
      this.container = new ModelContainer({ events, queue, slots: 4, deployment: versionOf(this.#application), send });
      for (const at of container.killAt ?? []) events.at(at, () => this.container?.kill());
    }
    if (crons) for (const application of applications) events.at(0, () => this.#cron(application));
  }

  enqueue({ at, jobs, drains, writeMs }: Enqueue): void {
    const { events, queue } = this;
    const write = (then: () => void) => {
      if (death === "before write") return;
      events.after(writeMs, () => {
        queue.insert(jobs);
        if (death !== "after write") then();
      });
    };
    const asked = jobs.map(({ delayMs, withinMs = null }) => ({ job: newJob({ delayMs, withinMs }) }));
    const { ready, dueInMs } = runnableOf(asked, at);
    const elsewhere = jobs.filter(({ delayMs, place }) => delayMs === 0 && place === "container").length;
    const death = this.#weather.enqueuerDies();
    this.#lastAt = Math.max(this.#lastAt, at + writeMs);
    events.at(at, () => {
      const ledger = this.#anyLedger();
      if (drains === undefined) {
        write(() => {});
      } else if (drains && ready > elsewhere) {
        const lease = { consumer: this.#name("enqueue"), forMs: LEASE_MS };
        const known = { epoch: -1 };
        ledger.send({ type: "wake", written: false, ready, dueInMs, lease }, (reply) => {
          known.epoch = reply?.epoch ?? -1;
        });
        write(() => {
          if (elsewhere > 0) ledger.send({ type: "wake", written: true, ready: 1, dueInMs: null, lease: null });
          this.#consume(ledger, "enqueuer", lease.consumer, known);
        });
      } else {
        const lease: Lease = { consumer: this.#name("enqueue"), forMs: LEASE_MS };
        let isFirst = true;
        const onBoth = () => {
          if (!isFirst && dueInMs !== null) ledger.send({ type: "wake", written: true, ready: 0, dueInMs, lease: null });
          if (!isFirst) ledger.send({ type: "settle", consumer: lease.consumer, epoch: -1, end: ready > 0 ? "written" : "nothing" });
          isFirst = false;
        };
        ledger.send({ type: "wake", written: false, ready, dueInMs, lease }, onBoth);
        write(onBoth);
      }
    });
  }

  /** Lets time pass until all is done, but at most until `end`. */
  runUntilDone(end: number): void {
    while (this.events.now < end && !(this.events.now > this.#lastAt && this.queue.isDone))
      this.events.runUntil(Math.min(end, this.events.now + 10 * MINUTE));
  }

  #cron(application: string): void {
    const { events } = this;
    events.after(MINUTE, () => this.#cron(application));
    const ledger = this.#anyLedger();
    const consumer = this.#name("cron");
    const deployment = versionOf(application);
    ledger.send({ type: "ask", lease: { consumer, forMs: this.settings.leaseMs }, deployment }, (reply) => {
      if (reply?.look === false) return;
      this.#consume(ledger, "cron", consumer, reply ?? { epoch: -1 }, deployment);
    });
  }

  #start(ledger: ModelLedger, { lane, epoch }: LaneStart): void {
    if (calleeOf(lane) !== undefined) {
      this.#nthCall += 1;
      this.#call(epoch, this.#nthCall, 0);
      return;
    }
    this.lanesAtWork += 1;
    this.mostLanes = Math.max(this.mostLanes, this.lanesAtWork);
    this.#consume(ledger, "lane", lane, { epoch });
  }

  /** Until the call is taken, or another one made. */
  #call(epoch: number, nth: number, tries: number): void {
    if (nth !== this.#nthCall || this.container?.call(epoch)) return;
    this.events.after(Math.min(MINUTE, 1_000 * 2 ** tries), () => this.#call(epoch, nth, tries + 1));
  }

  #consume(
    ledger: ModelLedger,
    kind: "lane" | "enqueuer" | "cron",
    name: string,
    known: { readonly epoch: number },
    deployment = versionOf(this.#application),
  ): void {
    const { events, queue, settings } = this;
    this.started[kind] += 1;
    const onGone = () => {
      if (kind === "lane") this.lanesAtWork -= 1;
    };
    const dieInMs = kind === "cron" ? null : this.#weather.consumerDiesInMs();
    if (dieInMs === 0) {
      onGone();
      return;
    }
    const begin = () => {
      const consumer = new ModelConsumer({
        events,
        queue,
        slots: settings.slots,
        maxRunMs: kind === "enqueuer" ? 20_000 : Number.POSITIVE_INFINITY,
        claimForMs: kind === "enqueuer" ? 4_000 : 50_000,
        waitMs: kind === "enqueuer" ? 1_000 : 2_000 + settings.leadMs,
        deployment: kind === "enqueuer" ? null : deployment,
        wake: (wake) => ledger.send({ type: "wake", ...wake }),
        settle: (finding) => ledger.send({ type: "settle", consumer: name, epoch: known.epoch, end: finding }),
        onGone,
      });
      if (dieInMs !== null) events.after(dieInMs, () => consumer.kill());
    };
    if (this.#coldMs > 0 && queue.sleeps) events.after(this.#coldMs, begin);
    else begin();
  }

  #anyLedger(): ModelLedger {
    return this.ledgers[this.#weather.below(this.ledgers.length)] as ModelLedger;
  }

  #name(prefix: string): string {
    this.#nth += 1;
    return `${prefix}-${this.#nth}`;
  }
}
