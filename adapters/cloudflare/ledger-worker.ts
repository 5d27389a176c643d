/**
 * A Worker that is nothing but a wake ledger, for consumers that live elsewhere: hosts of Web requests, and containers.
 * @module
 */
import { tokensOf } from "../../src/app/environment.ts";
import { isBetween } from "../../src/base/bounds.ts";
import type { Duration } from "../../src/base/durations.ts";
import { MayflyError } from "../../src/base/errors.ts";
import { authenticate, authorize } from "../../src/http/auth.ts";
import { ledgerFamilies } from "../../src/http/ledger-families.ts";
import { problemResponse } from "../../src/http/problem.ts";
import { PROMETHEUS_TYPE, toPrometheus } from "../../src/http/prometheus.ts";
import { readJson } from "../../src/http/read-body.ts";
import { check } from "../../src/http/read-input.ts";
import { ledgerBody } from "../../src/http/schemas/ledger.ts";
import { consoleLogger } from "../../src/telemetry/console-logger.ts";
import type { LaneStart } from "../../src/wake/ledger.ts";
import { type LedgerCall, takeCall } from "../../src/wake/remote-ledger.ts";
import type { LedgerSettings } from "../../src/wake/state.ts";
import type { LedgerRpc } from "../../src/wake/status.ts";
import { type DurableObjectClass, type LaneRpc, ledgerOf } from "./bindings.ts";
import { type CalleeAddress, isCalled } from "./callee.ts";
import { durationOf } from "./duration-of.ts";
import { laneObject } from "./lane-object.ts";
import { ledgerObject } from "./ledger-object.ts";
import type { RuntimeSubclass } from "./runtime-class.ts";

export interface LedgerWorkerOptions<Env> {
  /** `POST /v1/tick` of a host of Web requests, where each lane is a call of it. Default: there are no lanes. */
  readonly lanes?: (env: Env) => CalleeAddress;
  /** Consumers that are called whenever lanes would be started, such as containers: `POST /wake` of each. Default: none. */
  readonly callees?: (env: Env) => readonly CalleeAddress[];
  /** Lanes at a time, from 1 to 64. Default 8. */
  readonly maxWorkers?: number;
  /** Jobs that a lane runs at a time, as the host has it. Default 4. */
  readonly concurrency?: number;
  /** How long a call of a lane may last, as the host has it. Default "25s". */
  readonly maxDuration?: Duration;
  /** A look at the database without a cause, so long after the last one. Default "6h". */
  readonly safetyLook?: Duration;
  /** The time-out of heartbeats, as the programs that share the database have it. Default "90s". */
  readonly heartbeatTimeout?: Duration;
}

export interface LedgerWorker<Env, Base extends DurableObjectClass> {
  /** What the Worker exports by default. Tokens are those of `CRON_SECRET` and `MAYFLY_OPERATOR_TOKENS`. */
  readonly worker: {
    /** `POST /v1/ledger`, and `GET /metrics` for operators. */
    fetch(request: Request, env: Env): Promise<Response>;
    /** A cron trigger sets the ledger's alarm anew, should it be lost. It asks nothing of anybody else. */
    scheduled(event: object, env: Env): Promise<void>;
  };
  readonly MayflyLedger: RuntimeSubclass<Base, LedgerRpc>;
  readonly MayflyLane: RuntimeSubclass<Base, LaneRpc>;
}

/** Of a body. */
const MOST_BYTES = 16_384;
/** A call ends so long after its tick. */
const ANSWER_MS = 5_000;

/**
 * Makes it. It has the bindings `MAYFLY_LEDGER` and `MAYFLY_LANE`, both with `new_sqlite_classes`, and no database.
 * @param Base the runtime's `DurableObject`, from `cloudflare:workers`, which exists on Workers only
 * @throws `invalid_config`
 * @example
 * ```ts
 * import { DurableObject } from "cloudflare:workers";
 *
 * const lanes = (env: Env) => ({ url: "https://app.example/v1/tick", token: env.CRON_SECRET });
 * const { worker, MayflyLedger, MayflyLane } = ledgerWorker({ lanes }, DurableObject);
 * export { MayflyLane, MayflyLedger, worker as default };
 * ```
 */
export function ledgerWorker<Env extends object, Base extends DurableObjectClass = DurableObjectClass>(
  options: LedgerWorkerOptions<Env>,
  Base: Base,
): LedgerWorker<Env, Base> {
  const { lanes, callees = () => [], maxWorkers = 8, concurrency = 4 } = options;
  if (!isBetween(maxWorkers, 1, 64))
    throw new MayflyError("invalid_config", `maxWorkers is ${maxWorkers}; it is a whole number from 1 to 64.`);
  const leaseMs = durationOf("maxDuration", options.maxDuration ?? "25s") + ANSWER_MS;
  const settings: LedgerSettings = {
    lanes: lanes ? maxWorkers : 0,
    callees: 0,
    slots: concurrency,
    leaseMs,
    targetMs: 4_000,
    leadMs: 0,
    safetyMs: durationOf("safetyLook", options.safetyLook ?? "6h"),
    heartbeatTimeoutMs: durationOf("heartbeatTimeout", options.heartbeatTimeout ?? "90s"),
    writeMs: 30_000,
  };
  const logger = consoleLogger();

  function boundLedger(env: Env): LedgerRpc {
    const ledger = ledgerOf(env);
    if (!ledger) throw new MayflyError("invalid_config", "This Worker has no binding MAYFLY_LEDGER.");
    return ledger;
  }

  /** The host settles by itself, unless it cannot be reached. */
  async function run(env: Env, start: LaneStart): Promise<void> {
    if (!lanes || (await isCalled(lanes(env), start, { withinMs: leaseMs, logger }))) return;
    await boundLedger(env).settle({ consumer: start.lane, epoch: start.epoch, end: "unreachable" });
  }

  async function answer(request: Request, env: Env): Promise<Response> {
    const identity = await authenticate(request, tokensOf(env), async () => true);
    const route = `${request.method} ${new URL(request.url).pathname}`;
    if (route === "POST /v1/ledger") {
      authorize(identity, ["scheduler", "operator"]);
      const call = check(ledgerBody, await readJson(request, MOST_BYTES), "The body") as LedgerCall;
      return Response.json(await takeCall(boundLedger(env), call));
    }
    if (route !== "GET /metrics") throw new MayflyError("not_found", "There is no such route.");
    authorize(identity, ["operator"]);
    const metrics = toPrometheus(ledgerFamilies(await boundLedger(env).status()));
    return new Response(metrics, { headers: { "content-type": PROMETHEUS_TYPE } });
  }

  return {
    worker: {
      fetch: (request, env) => answer(request, env).catch((error: unknown) => problemResponse(error as Error)),
      async scheduled(_event, env) {
        await boundLedger(env).wake({ written: true, ready: 0, dueInMs: null, lease: null });
      },
    },
    MayflyLedger: ledgerObject<Env, Base>({ settings: (env) => ({ ...settings, callees: callees(env).length }), logger }, Base),
    MayflyLane: laneObject({ run, callees, logger }, Base),
  };
}
