/**
 * The way of each statement to the database and back: requests and replies get lost, come twice, or late. Faults are put in here, at the seam of the driver,
 * so that the code under it and above it is that of production.
 * @module
 */
import type { CallOptions, Driver, Statement } from "../../postgres/driver/driver.ts";
import { DriverError } from "../../postgres/driver/errors.ts";
import * as statements from "../../postgres/sql/statements.ts";
import type { Actor } from "./actor.ts";
import type { SimulationDatabase } from "./embedded-database.ts";
import type { Weather } from "./faults.ts";
import type { Story } from "./story.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** After so long a program gives a statement up, as the drivers do. */
const TIMEOUT_MS = 10_000;
/** A late statement comes at most so much later. */
const LATE_MS = 60_000;
/** SQLSTATEs that are no mistake: what Mayfly's own functions raise, and a lock that somebody else holds. */
const EXPECTED = /^(MF|55P03)/;

const NAMES = new Map<string, string>(Object.entries(statements).map(([name, text]) => [text, name]));

interface Sent<T> {
  readonly actor: Actor;
  readonly name: string;
  execute(): Promise<T>;
  resolve(value: T): void;
  reject(error: Error): void;
}

export interface NetworkOptions {
  readonly time: VirtualTime;
  readonly weather: Weather;
  readonly database: SimulationDatabase;
  readonly story: Story;
}

export class Network {
  /** What the database refused though nobody had asked for anything wrong. */
  readonly refusals: string[] = [];
  /** Statements that were executed. */
  executed = 0;
  readonly #options: NetworkOptions;

  constructor(options: NetworkOptions) {
    this.#options = options;
  }

  /** The driver of one program. `onExecuted` hears when a statement of its reaches the database. */
  driverOf(actor: Actor, onExecuted: (name: string, params: Statement["params"]) => void = () => {}): Driver {
    const { driver } = this.#options.database;
    const named = (statement: Statement | undefined) => NAMES.get(statement?.text ?? "") ?? "statement";
    return {
      query: (statement, options) =>
        this.#send(actor, named(statement), options, async () => {
          onExecuted(named(statement), statement.params);
          return await driver.query(statement);
        }),
      transaction: (list, options) => this.#send(actor, `transaction of ${named(list[0])}`, options, () => driver.transaction(list)),
    };
  }

  #send<T>(actor: Actor, name: string, { signal }: CallOptions = {}, execute: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      signal?.addEventListener("abort", () => reject(lost("given up by its caller")), { once: true });
      this.#dispatch({ actor, name, execute, resolve, reject });
    });
  }

  #dispatch<T>(sent: Sent<T>): void {
    const { time, weather } = this.#options;
    const giveUp = (why: string) =>
      time.after(weather.random.chance(0.5) ? TIMEOUT_MS : weather.latencyMs(), () => this.#fail(sent, lost(why)));
    if (weather.strikes("requestLost")) {
      this.#tell(sent, "the request is lost");
      giveUp("request lost");
    } else if (weather.strikes("refused")) {
      const error = new DriverError("definite", "sorry, too many clients already (an injected fault)", { sqlState: "53300" });
      time.after(weather.latencyMs(), () => this.#fail(sent, error));
      this.#tell(sent, "the database has no room");
    } else if (weather.strikes("late")) {
      this.#arrive(sent, weather.random.below(LATE_MS), "late");
      giveUp("late");
    } else {
      const doubled = weather.strikes("doubled");
      this.#arrive(sent, weather.latencyMs(), undefined);
      if (doubled) this.#arrive(sent, weather.random.chance(0.5) ? weather.latencyMs() : weather.random.below(LATE_MS), "again");
    }
  }

  /** The request reaches the database after so long. `note`: nobody waits for the reply of this copy. */
  #arrive<T>(sent: Sent<T>, ms: number, note: "late" | "again" | undefined): void {
    const { database, time, weather } = this.#options;
    time.after(ms, async () => {
      await database.setClock(time.now);
      this.executed++;
      const result = await sent.execute().then(
        (value) => ({ ok: true, value }) as const,
        (error: unknown) => ({ ok: false, error: error as Error }) as const,
      );
      this.#noteRefusal(sent, result);
      if (note !== undefined) return this.#tell(sent, `arrives ${note}`);
      if (weather.strikes("replyLost")) {
        this.#tell(sent, "is done, and the reply is lost");
        time.after(weather.random.chance(0.5) ? TIMEOUT_MS : weather.latencyMs(), () => this.#fail(sent, lost("reply lost")));
        return;
      }
      this.#tell(sent, result.ok ? "is done" : `fails: ${result.error.message}`);
      time.after(weather.latencyMs(), () => {
        if (!sent.actor.isAlive) return;
        if (result.ok) sent.resolve(result.value);
        else sent.reject(result.error);
      });
    });
  }

  #noteRefusal<T>({ actor, name }: Sent<T>, result: { readonly ok: boolean; readonly error?: Error }): void {
    const { error } = result;
    if (!error || (error instanceof DriverError && EXPECTED.test(error.sqlState ?? ""))) return;
    this.refusals.push(`${name} of ${actor.name} was refused: ${error.message}`);
  }

  #fail<T>({ actor, reject }: Sent<T>, error: Error): void {
    if (actor.isAlive) reject(error);
  }

  #tell<T>({ actor, name }: Sent<T>, what: string): void {
    this.#options.story.tell(actor.name, `${name} ${what}`);
  }
}

function lost(why: string): DriverError {
  return new DriverError("unknown", `There was no reply (an injected fault: ${why}); the statement may have run.`);
}
