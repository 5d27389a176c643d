/**
 * A poke from one Lambda function to another: the tick function is invoked asynchronously. Lambda has no work after a response,
 * so what should run at once runs in an invocation of its own.
 * @module
 */
import type { Logger } from "../../src/base/logger.ts";

/** The event of a poke's invocation. */
export interface PokeEvent {
  readonly source: "mayfly.poke";
}

const POKE_EVENT: PokeEvent = { source: "mayfly.poke" };

/** The response waits for the invocation to be accepted: so long at most. */
const TIME_LIMIT_MS = 2_000;

/** Whether an invocation is a poke. */
export function isPoke(event: unknown): event is PokeEvent {
  return typeof event === "object" && event !== null && "source" in event && event.source === POKE_EVENT.source;
}

/**
 * How to poke a function, by its name or ARN. Resolves once AWS has taken the event, or has not: that is logged, and cron comes anyway.
 * AWS's client is loaded at the first poke, from the runtime or the bundle, whichever has it.
 */
export function createPoke(logger: Logger): (functionName: string) => Promise<void> {
  let invoke: Promise<(functionName: string) => Promise<unknown>> | undefined;
  return async (functionName) => {
    try {
      invoke ??= load();
      await (await invoke)(functionName);
    } catch (error) {
      invoke = undefined;
      logger.warn("a poke failed; the next scheduled tick runs the jobs", { functionName, error });
    }
  };
}

async function load(): Promise<(functionName: string) => Promise<unknown>> {
  const { InvokeCommand, LambdaClient } = await import("@aws-sdk/client-lambda");
  const client = new LambdaClient({ maxAttempts: 1 });
  const Payload = new TextEncoder().encode(JSON.stringify(POKE_EVENT));
  return (FunctionName) =>
    client.send(new InvokeCommand({ FunctionName, InvocationType: "Event", Payload }), { abortSignal: AbortSignal.timeout(TIME_LIMIT_MS) });
}
