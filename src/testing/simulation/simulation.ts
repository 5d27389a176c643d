/**
 * One simulation under way: who is started when, what becomes of it, and what is checked afterwards.
 * @module
 */
import { cronTick, LEDGER_WAIT_MS } from "../../app/cron-tick.ts";
import { settleWithLedger } from "../../app/settle-with-ledger.ts";
import type { Handler } from "../../job/handler.ts";
import { DriverError } from "../../postgres/driver/errors.ts";
import type { LaneStart } from "../../wake/ledger.ts";
import type { Actor } from "./actor.ts";
import { checkHistory } from "./check-history.ts";
import { checkRetention } from "./check-retention.ts";
import type { SimulationDatabase } from "./embedded-database.ts";
import { Weather } from "./faults.ts";
import { readHistory } from "./history.ts";
import { LyingLedger } from "./lying-ledger.ts";
import { Network } from "./network.ts";
import { LIFETIME, Programs, SLOTS, silent, type Version } from "./programs.ts";
import { type Random, seeded } from "./random.ts";
import { newRecord, type Record } from "./record.ts";
import type { SimulationOptions, SimulationReport } from "./simulate.ts";
import { Story } from "./story.ts";
import { VirtualTime } from "./virtual-time.ts";

const MINUTE_MS = 60_000;
const HEARTBEAT = { intervalMs: 20_000, timeoutMs: 90_000 };
const YEAR_2030 = Date.parse("2030-01-01T00:00:00Z");
const DAY_MS = 86_400_000;
/** One seed in so many goes on until its results are gone, which takes as long as all before it. */
const RETENTION_SEEDS = 5;
/** Rounds that a queue without faults gets to become empty. A job that nobody could run waits for up to an hour. */
const ROUNDS = 60;

export class Simulation<Env> {
  readonly #options: SimulationOptions<Env>;
  readonly #database: SimulationDatabase;
  readonly #random: Random;
  readonly #time: VirtualTime;
  readonly #weather: Weather;
  readonly #record: Record = newRecord();
  readonly #story: Story;
  readonly #network: Network;
  readonly #programs: Programs<Env>;
  readonly #ledger: LyingLedger;
  readonly #retentionDays: number;
  /** Without one, each cron looks. */
  readonly #hasLedger: boolean;
  #underWay = 0;

  constructor(options: SimulationOptions<Env>, database: SimulationDatabase) {
    this.#options = options;
    this.#database = database;
    this.#retentionDays = options.retentionDays ?? 7;
    this.#random = seeded(options.seed);
    this.#time = new VirtualTime(YEAR_2030 + this.#random.below(365) * DAY_MS + this.#startOfDay());
    this.#weather = new Weather(this.#random, options.faults ?? {});
    this.#hasLedger = this.#random.chance(0.5);
    this.#story = new Story(this.#time);
    const shared = { time: this.#time, weather: this.#weather, story: this.#story, database };
    this.#network = new Network(shared);
    this.#ledger = new LyingLedger({ ...shared, settings: this.#ledgerSettings(), start: (lane) => this.#runLane(lane) });
    this.#programs = new Programs({
      ...shared,
      network: this.#network,
      record: this.#record,
      ledger: () => (this.#hasLedger ? this.#ledger : undefined),
      env: options.env as Env,
      heartbeat: HEARTBEAT,
      retentionDays: this.#retentionDays,
    });
    for (const { handlers, schedules = [] } of [options.older ?? { handlers: [] }, options]) {
      for (const handler of handlers)
        for (const name of [handler.definition.name, ...handler.definition.aliases])
          this.#record.handlers.set(name, handler as Handler<unknown>);
      for (const entry of schedules) this.#record.schedules.set(entry.name, entry);
    }
  }

  async run(): Promise<SimulationReport> {
    const { minutes = 2, producers = 2, seed } = this.#options;
    await this.#database.setClock(this.#time.now);
    await this.#database.empty();
    for (let minute = 0; minute < minutes; minute++)
      this.#time.after(minute * MINUTE_MS + this.#random.below(5_000), () => this.#runCron());
    for (let nth = 0; nth < producers; nth++) this.#time.after(this.#random.below(MINUTE_MS), () => this.#runProducer());
    await this.#time.pass(minutes * MINUTE_MS);
    this.#weather.clear();
    this.#ledger.close();
    this.#story.tell("weather", "clears");
    await this.#emptyQueue();

    const events = await readHistory(this.#database);
    const rules = { record: this.#record, heartbeat: HEARTBEAT };
    const violations = [...this.#record.violations, ...this.#network.refusals, ...checkHistory(events, rules)];
    if (this.#random.below(RETENTION_SEEDS) === 0) {
      const housekeeper = this.#programs.start("housekeeper");
      const retention = { time: this.#time, database: this.#database, housekeeper, retentionDays: this.#retentionDays };
      violations.push(...(await checkRetention(events, retention)));
    }
    return {
      seed,
      violations,
      story: this.#story.lines,
      faults: this.#weather.counts,
      jobs: new Set(events.map(({ row }) => row.id)).size,
      attempts: events.filter(({ kind }) => kind === "R").length,
      statements: this.#network.executed,
    };
  }

  /** Until nothing is left that anybody could run, and the last late statement has come. */
  async #emptyQueue(): Promise<void> {
    for (let round = 0; round < ROUNDS; round++) {
      await this.#time.pass(MINUTE_MS + this.#random.below(MINUTE_MS));
      await this.#sweep();
      const [left] = await this.#database.sql<{ jobs: number; wait: string | null }>(
        `select count(*)::integer as jobs, (extract(epoch from min(s.run_at) - now()) * 1000)::bigint::text as wait
         from mayfly.live l left join mayfly.scheduled s on s.id = l.id where l.name = any ($1)`,
        [[...this.#record.handlers.keys()]],
      );
      if (!left || left.jobs === 0) break;
      await this.#time.pass(Math.max(0, Number(left.wait ?? 0) - MINUTE_MS));
    }
    await this.#time.pass(2 * MINUTE_MS);
    if (this.#underWay > 0) this.#record.violations.push(`${this.#underWay} programs never came to their end`);
  }

  /** An invocation of the newest version, which looks whatever a ledger says. */
  async #sweep(): Promise<void> {
    let isOver = false;
    const { actor, consumer } = this.#programs.consumer(this.#options, "sweep");
    void this.#watch(actor, async () => {
      await consumer.tick(this.#options.env as Env, LIFETIME);
    }).then(() => {
      isOver = true;
    });
    await this.#time.runUntil(() => isOver);
  }

  #runCron(): void {
    const { actor, consumer } = this.#programs.consumer(this.#version(), "cron");
    const ledger = this.#hasLedger ? this.#ledger.of(actor) : undefined;
    void this.#watch(actor, async () => {
      const report = await cronTick(consumer, this.#options.env as Env, {
        ledger,
        name: "cron",
        lifetime: LIFETIME,
        clock: actor.clock,
        logger: silent,
      });
      if (!report) this.#story.tell(actor.name, "need not look, says the wake ledger");
    });
  }

  #runLane({ lane, epoch }: LaneStart): void {
    const { actor, consumer } = this.#programs.consumer(this.#version(), lane);
    const { slots, deployment } = consumer;
    const lease = { ledger: this.#ledger.of(actor), consumer: lane, epoch, slots, deployment, clock: actor.clock };
    void this.#watch(actor, async () => {
      await settleWithLedger(lease, (onWorkLeft) =>
        consumer.tick(this.#options.env as Env, { ...LIFETIME, waitMs: LEDGER_WAIT_MS, onWorkLeft }),
      );
    });
  }

  #runProducer(): void {
    const program = this.#programs.start("producer");
    const { actor, random } = program;
    const jobs = this.#programs.jobsOf(program);
    void this.#watch(actor, () => this.#options.produce({ jobs, random, sleep: (ms) => actor.clock.sleep(ms) }));
  }

  /** Runs a program to its end, or until it is killed. Only the database may fail it. */
  async #watch(actor: Actor, live: () => Promise<void>): Promise<void> {
    this.#underWay++;
    this.#story.tell(actor.name, "starts");
    const ended = Promise.withResolvers<void>();
    if (this.#weather.strikes("killed")) {
      this.#time.after(this.#random.below(LIFETIME.claimForMs), () => {
        actor.kill();
        this.#story.tell(actor.name, "is killed");
        ended.resolve();
      });
    }
    try {
      await Promise.race([live(), ended.promise]);
      if (actor.isAlive) this.#story.tell(actor.name, "ends");
    } catch (error) {
      this.#story.tell(actor.name, `fails: ${error instanceof Error ? error.message : String(error)}`);
      if (!(error instanceof DriverError))
        this.#record.violations.push(`${actor.name} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    } finally {
      if (actor.isAlive) actor.endedAt = actor.clock.now();
      this.#underWay--;
    }
  }

  #version(): Version<Env> {
    const { older } = this.#options;
    return older && this.#random.chance(0.5) ? older : this.#options;
  }

  #startOfDay(): number {
    // Half of them shortly before midnight, when partitions change.
    return this.#random.chance(0.5) ? DAY_MS - this.#random.below(5) * MINUTE_MS : this.#random.below(DAY_MS);
  }

  #ledgerSettings() {
    return {
      lanes: 4,
      callees: 0,
      slots: SLOTS,
      leaseMs: LIFETIME.hardEndMs,
      targetMs: 1_000,
      safetyMs: 6 * 60 * MINUTE_MS,
      heartbeatTimeoutMs: HEARTBEAT.timeoutMs,
      leadMs: 0,
      writeMs: 30_000,
    };
  }
}
