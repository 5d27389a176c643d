/**
 * A consumer that lives on in a process. Apart from the consumer itself, since the bundle of an invocation holds nothing of it.
 * @module
 */
import type { Execute } from "../worker/attempt.ts";
import type { OpenBudget } from "../worker/budget.ts";
import { type ServeOptions, serve } from "../worker/serve.ts";
import type { Consumer } from "./consumer.ts";

/** What a process adds to a consumer that lives in it. */
export interface LifeOptions extends Omit<ServeOptions, "schedules" | "retentionDays"> {
  readonly host: string;
  readonly budget: OpenBudget;
  /** Jobs run at a time, just now. */
  slots(): number;
  /** Where the code of the jobs runs, given how to run it in this process. Default: there. */
  execute?(here: Execute): Execute;
}

/** A life without an end, until its budget is given one. */
export async function serveConsumer<Env>(
  consumer: Consumer<Env>,
  env: Env,
  { host, budget, slots, execute, ...life }: LifeOptions,
): Promise<void> {
  const { traced, ...checked } = consumer.lasting(env, life.wakeSignal);
  const worker = {
    ...(execute ? traced.elsewhere(execute) : traced.worker),
    host,
    budget,
    get slots() {
      return slots();
    },
  };
  await serve(worker, { ...life, ...checked });
}
