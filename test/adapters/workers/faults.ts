/**
 * The engine with faults between its parts: whatever a test has posted to /faults holds for the Worker and its Durable Objects, which share an isolate here.
 * It also counts how deep calls lead to calls, since the local runtime does not.
 */

import { DurableObject, env } from "cloudflare:workers";
import { AsyncLocalStorage } from "node:async_hooks";
import { createMayfly, type Duration, defineJob, schedule } from "mayfly";
import { cloudflare, durableObjects } from "mayfly/cloudflare";
import { type Env, handlers, jobs } from "../engine-jobs.ts";
import type { Fate, Faults } from "./fault-words.ts";

const yearly = defineJob("yearly");
const held = defineJob<"held", { url: string }>("held", { timeout: "30s" });
const hourly = defineJob("hourly", { retries: 1, retryDelay: () => "1h" });

const mayfly = createMayfly<Env>({
  jobs: [...jobs, yearly, held, hourly],
  schedules: [schedule("yearly", "0 0 1 1 *", yearly)],
  database: (env) => env.DATABASE_URL,
});

/** How long an invocation goes on claiming, and how many jobs it runs at a time. */
const { CLAIM_FOR = "50s", SLOTS = "4" } = env as { readonly CLAIM_FOR?: Duration; readonly SLOTS?: string };

const options = {
  claimFor: CLAIM_FOR,
  concurrency: Number(SLOTS),
  handlers: [
    ...handlers,
    yearly.handle<Env>(() => {}),
    held.handle<Env>(async ({ payload: { url } }) => {
      await fetch(url);
    }),
    hourly.handle<Env>(({ attempt }) => {
      if (attempt === 1) throw new Error("the first time it fails");
    }),
  ],
};

/** An object of the engine. What is called in it says how many calls have led to that. */
interface LedgerBase {
  wake(wake: unknown, hop?: number): Promise<unknown>;
  settle(settle: unknown, hop?: number): Promise<unknown>;
  due(ask: unknown, hop?: number): Promise<unknown>;
  status(): Promise<object>;
  alarm(): Promise<void>;
}

interface LaneBase {
  start(start: unknown, hop?: number): Promise<void>;
  alarm(): Promise<void>;
}

interface Stub extends LedgerBase, LaneBase {
  ring(): Promise<void>;
  forget(): Promise<void>;
  crash(): Promise<void>;
}

type Verb = "wake" | "settle" | "due" | "start";

interface Namespace {
  getByName(name: string): Stub;
}

interface Bindings extends Env {
  readonly MAYFLY_LEDGER: Namespace;
  readonly MAYFLY_LANE: Namespace;
}

interface Context {
  readonly storage: { setAlarm(at: number): Promise<void>; deleteAll(): Promise<void> };
  abort(reason: string): void;
}

let faults: Faults = {};
const depth = new AsyncLocalStorage<number>();
const counts = { deepest: 0, alarms: 0 };

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Carries a message as its fate is. */
async function carry(verb: Verb, send: () => Promise<unknown>): Promise<unknown> {
  const fate: Fate | undefined = faults.fates?.[verb];
  if (fate === "lost") throw new Error(`the message ${verb} is lost`);
  const given = faults;
  while (fate === "late" && faults === given) await pause(5);
  const answer = await send();
  if (fate === "unanswered") throw new Error(`the answer to ${verb} is lost`);
  return fate === "doubled" ? await send() : answer;
}

/** A namespace whose objects are reached by way of the faults. */
function faulty(namespace: Namespace, verbs: readonly Verb[]): Namespace {
  return {
    getByName(name) {
      if (faults.ledger === "unbound" && verbs.includes("wake")) throw new TypeError("the binding is none");
      const stub = namespace.getByName(name);
      const call = (verb: Verb, given: unknown) => carry(verb, () => stub[verb](given, (depth.getStore() ?? 0) + 1));
      return Object.assign(
        { status: () => stub.status() },
        Object.fromEntries(verbs.map((verb) => [verb, (given: unknown) => call(verb, given)])),
      ) as unknown as Stub;
    },
  };
}

function withFaults(env: Bindings): Bindings {
  return { ...env, MAYFLY_LEDGER: faulty(env.MAYFLY_LEDGER, ["wake", "settle", "due"]), MAYFLY_LANE: faulty(env.MAYFLY_LANE, ["start"]) };
}

/** The runtime's class wants the runtime's context. */
class Base extends DurableObject {
  constructor({ real }: { readonly real: object }, env: object) {
    super(real, env);
  }
}

const objects = durableObjects(mayfly, options, Base as never);

/** Takes a call in, which so many have led to. */
function arrive<Result>(hop: number, call: () => Result): Result {
  counts.deepest = Math.max(counts.deepest, hop);
  return depth.run(hop, call);
}

export class MayflyLedger extends (objects.MayflyLedger as unknown as new (context: object, env: object) => LedgerBase) {
  readonly #context: Context;

  constructor(context: Context, env: Bindings) {
    if (faults.ledger === "unmade") throw new Error("the ledger cannot be made");
    const { storage } = context;
    const setAlarm = async (at: number) => {
      if (faults.alarms !== "lost") await storage.setAlarm(at - (faults.clockMs ?? 0));
    };
    const given = new Proxy(storage, {
      get(_, name) {
        const value = Reflect.get(storage, name) as unknown;
        return name === "setAlarm" ? setAlarm : typeof value === "function" ? value.bind(storage) : value;
      },
    });
    super({ real: context, storage: given }, withFaults(env));
    this.#context = context;
  }

  /** By the clock of this object, which is read as soon as a call comes. */
  #timed<Result>(call: () => Result): Result {
    if (faults.ledger === "throws") throw new Error("the ledger throws");
    const real = Date.now;
    Date.now = () => real() + (faults.clockMs ?? 0);
    try {
      return call();
    } finally {
      Date.now = real;
    }
  }

  override async wake(wake: unknown, hop = 0): Promise<unknown> {
    return await arrive(hop, () => this.#timed(() => super.wake(wake)));
  }

  override async settle(settle: unknown, hop = 0): Promise<unknown> {
    return await arrive(hop, () => this.#timed(() => super.settle(settle)));
  }

  override async due(ask: unknown, hop = 0): Promise<unknown> {
    return await arrive(hop, () => this.#timed(() => super.due(ask)));
  }

  override async status(): Promise<object> {
    return await this.#timed(() => super.status());
  }

  override async alarm(): Promise<void> {
    counts.alarms++;
    await arrive(0, () => this.#timed(() => super.alarm()));
  }

  /** As if its alarm came. */
  async ring(): Promise<void> {
    await this.alarm();
  }

  /** Loses all that it knows. */
  async forget(): Promise<void> {
    await this.#context.storage.deleteAll();
    this.#context.abort("it forgets");
  }
}

export class MayflyLane extends (objects.MayflyLane as unknown as new (context: object, env: object) => LaneBase) {
  readonly #context: Context;

  constructor(context: Context, env: Bindings) {
    super({ real: context, storage: context.storage }, withFaults(env));
    this.#context = context;
  }

  override async start(start: unknown, hop = 0): Promise<void> {
    await arrive(hop, () => super.start(start));
  }

  override async alarm(): Promise<void> {
    await arrive(0, () => super.alarm());
  }

  /** Is thrown away in the middle of whatever it does. */
  async crash(): Promise<void> {
    this.#context.abort("it crashes");
  }
}

const worker = cloudflare(mayfly, options);
type Invocation = Parameters<typeof worker.fetch>[2];

const COMMANDS: Record<string, (request: Request, env: Bindings, context: Invocation) => unknown> = {
  async "/faults"(request) {
    faults = (await request.json()) as Faults;
  },
  "/ledger": (_, env) => env.MAYFLY_LEDGER.getByName("ledger").status(),
  "/ring": (_, env) => env.MAYFLY_LEDGER.getByName("ledger").ring(),
  "/forget": (_, env) =>
    env.MAYFLY_LEDGER.getByName("ledger")
      .forget()
      .catch(() => {}),
  "/crash": (request, env) =>
    env.MAYFLY_LANE.getByName(new URL(request.url).search.slice(1))
      .crash()
      .catch(() => {}),
  "/counts": () => counts,
  // As who runs nothing himself: a lane is started.
  "/wake": (_, env) => env.MAYFLY_LEDGER.getByName("ledger").wake({ written: true, ready: 1, dueInMs: null, lease: null }),
};

export default {
  async fetch(request: Request, env: Bindings, context: Invocation) {
    const command = COMMANDS[new URL(request.url).pathname];
    if (command) return Response.json((await command(request, env, context)) ?? {});
    return await worker.fetch(request, withFaults(env), context);
  },
  async scheduled(event: Parameters<typeof worker.scheduled>[0], env: Bindings, context: Invocation) {
    await worker.scheduled(event, withFaults(env), context);
  },
};
