/**
 * Handlers whose runs are written down, and which throw or hang where the weather says so.
 * @module
 */
import { isDeferral } from "../../job/defer.ts";
import type { Handler, HookContext, JobContext } from "../../job/handler.ts";
import type { Actor } from "./actor.ts";
import type { Weather } from "./faults.ts";
import { append, type Record, type RecordedRun, type RunEnd, runKey } from "./record.ts";
import { type Story, short } from "./story.ts";
import type { VirtualTime } from "./virtual-time.ts";

export interface WatchOptions {
  readonly actor: Actor;
  readonly time: VirtualTime;
  readonly weather: Weather;
  readonly record: Record;
  readonly story: Story;
}

/** Most handlers are quick; some outlast their time-out. */
const TAKES_MS = { quick: 500, slow: 15_000, slowShare: 0.3 };

/** The handler as one program runs it. */
export function watched<Env>(handler: Handler<Env>, { actor, time, weather, record, story }: WatchOptions): Handler<Env> {
  const { definition } = handler;
  const takesMs = () => weather.random.below(weather.random.chance(TAKES_MS.slowShare) ? TAKES_MS.slow : TAKES_MS.quick);

  async function run(context: JobContext<unknown, Env>): Promise<unknown> {
    const { id, claimId, attempt } = context;
    const noted: RecordedRun = { id, claimId, attempt, startedAt: time.now };
    append(record.runs, runKey(id, claimId), noted);
    story.tell(actor.name, `runs ${definition.name} ${short(id)}, attempt ${attempt}, claim ${short(claimId)}`);
    try {
      await actor.clock.sleep(takesMs());
      if (weather.strikes("handlerHangs")) await actor.clock.sleep(definition.timeoutMs + 1_000);
      if (weather.strikes("handlerThrows")) throw new Error("an injected fault");
      const output = await handler.run(context);
      const end: RunEnd = isDeferral(output)
        ? { kind: "deferred", delayMs: output.delayMs, counts: output.countsAsAttempt }
        : { kind: "returned" };
      noted.end = { ...end, at: time.now };
      return output;
    } catch (error) {
      noted.end = { kind: "threw", error, at: time.now };
      throw error;
    } finally {
      story.tell(actor.name, `has run ${definition.name} ${short(id)}: ${noted.end?.kind}`);
    }
  }

  const hook = (name: "onAborted" | "onFailed") => async (context: HookContext<unknown, Env>) => {
    append(record.hooks, context.id, { hook: name, at: time.now });
    story.tell(actor.name, `calls ${name} of ${definition.name} ${short(context.id)}, ${context.result.outcome}`);
    await actor.clock.sleep(takesMs());
    return await handler[name]?.(context);
  };
  return {
    definition,
    run,
    ...(handler.onAborted ? { onAborted: hook("onAborted") } : {}),
    ...(handler.onFailed ? { onFailed: hook("onFailed") } : {}),
  };
}
