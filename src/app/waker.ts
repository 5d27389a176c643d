/**
 * What happens when jobs become runnable: where the invocation can, they are run in it, one drain an isolate; and the ledger, where there is one, is told.
 * @module
 */
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/logger.ts";
import type { Runnable, WriteOutcome } from "../enqueue/announce.ts";
import type { ConsumerEnd, Lease, Ledger, Wake } from "../wake/ledger.ts";
import type { WorkLeft } from "../worker/call-for-help.ts";
import type { Consumer } from "./consumer.ts";
import type { InvocationContext } from "./create-mayfly.ts";
import { IsolateDrain } from "./isolate-drain.ts";
import type { Lifetime } from "./lifetime.ts";
import { settleWithLedger } from "./settle-with-ledger.ts";

/** As `Announce`, in an environment. Without a context nothing can be run after the response. */
export type AnnounceIn<Env> = (env: Env, context: InvocationContext | undefined, runnable: Runnable) => (outcome: WriteOutcome) => void;

export interface WakerOptions<Env> {
  /** Who drains, and for how long, after a response; null: nothing can run there. */
  readonly drains: { readonly consumer: Consumer<Env>; readonly lifetime: Lifetime } | null;
  /** Undefined: there is none. */
  readonly ledger: (env: Env) => Ledger | undefined;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly logger: Logger;
}

/** A write takes at most this long. */
const WRITE_MS = 30_000;

/** Wakes by draining in this isolate, and by the ledger. */
export function createWaker<Env>(options: WakerOptions<Env>): AnnounceIn<Env> {
  const { drains, clock, newId, logger } = options;
  const { hardEndMs } = drains?.lifetime ?? { hardEndMs: 0 };
  const isolate = new IsolateDrain(clock);
  const warn = (error: unknown) => logger.warn("the wake ledger cannot be reached; crons look meanwhile", { error });

  const leaseOf = (forMs: number): Lease => ({ consumer: `enqueue-${newId()}`, forMs });

  async function drain(env: Env, ledger: Ledger | undefined, lease: Lease, epoch: Promise<number | undefined>): Promise<void> {
    if (!drains) return;
    const { consumer, lifetime } = drains;
    const work = (onWorkLeft?: (work: WorkLeft) => void) =>
      isolate.run((claimForMs) => consumer.run(env, { claimForMs, hardEndMs, ...(onWorkLeft ? { onWorkLeft } : {}) }), lifetime.claimForMs);
    const { slots } = consumer;
    try {
      await (ledger ? settleWithLedger({ ledger, consumer: lease.consumer, epoch, slots, deployment: null, clock }, work) : work());
    } catch (error) {
      logger.warn("a drain after an enqueue failed; the next cron runs the jobs", { error });
    }
  }

  return (env, context, runnable) => {
    const ledger = options.ledger(env);
    const { ready, dueInMs } = runnable;
    const keep = (work: Promise<unknown>) => void context?.waitUntil(work);
    const wake = async (told: Omit<Wake, "dueInMs">): Promise<number | undefined> => {
      try {
        return (await ledger?.wake({ ...told, dueInMs }))?.epoch;
      } catch (error) {
        warn(error);
        return undefined;
      }
    };
    const settle = (lease: Lease, end: ConsumerEnd) =>
      keep(Promise.resolve(ledger?.settle({ consumer: lease.consumer, epoch: -1, end })).catch(warn));
    /** Has this isolate run the jobs. */
    const lead = (lease: Lease, epoch: Promise<number | undefined>) => keep(drain(env, ledger, lease, epoch));

    const canDrain = ready > 0 && drains !== null && context !== undefined && drains.consumer.serves(runnable.queues);
    const leads = canDrain && !isolate.isUnderWay;
    if (leads) isolate.begin(hardEndMs);
    // A drain that is under way has a lease of its own, which covers what is put in meanwhile.
    const isNothing = ready === 0 && dueInMs === null;
    const lease = isNothing || (canDrain && !leads) ? null : leaseOf(leads ? WRITE_MS + hardEndMs : WRITE_MS);
    const epoch = wakeBeside();
    keep(epoch);

    async function wakeBeside(): Promise<number | undefined> {
      return lease || dueInMs !== null ? await wake({ written: false, ready: lease ? ready : 0, lease }) : undefined;
    }

    return (outcome) => {
      const isRefused = outcome === "refused";
      if (leads && (!isRefused || isolate.isDirty)) lead(lease as Lease, epoch);
      else if (leads) isolate.end();
      if (lease && isRefused && !isolate.isUnderWay) settle(lease, "nothing");
      if (outcome !== "written") return;

      if (lease && !leads) settle(lease, ready > 0 ? "written" : "nothing");
      // One drain cannot start more jobs at once than it has slots, and none of queues that its consumer does not serve.
      const isMany = canDrain && !leads && ready > drains.consumer.slots;
      const isElsewhere = canDrain && !drains.consumer.servesAll(runnable.queues);
      if (canDrain && !leads && isolate.isUnderWay) isolate.markDirty();
      else if (canDrain && !leads) {
        isolate.begin(hardEndMs);
        const own = leaseOf(hardEndMs);
        lead(own, wake({ written: true, ready, lease: own }));
        if (!isElsewhere) return;
      }
      // A consumer that looked before the write did not see the job that is due later.
      if (dueInMs !== null || isMany || isElsewhere)
        keep(wake({ written: true, ready: isMany ? ready : Number(isElsewhere), lease: null }));
    };
  };
}
