/**
 * Middleware: code that wraps every run of a handler.
 * @module
 */
import type { Handler, JobContext } from "./handler.ts";

/** Runs what is inside: the next middleware, or the handler. */
export type Next<Env> = (context: JobContext<unknown, Env>) => Promise<unknown>;

/**
 * Wraps a run. Call `next` once, with the context or a changed one, and return what it returns. An error that is thrown ends the attempt as errored.
 * @example
 * ```ts
 * const timed: Middleware<Env> = async (context, next) => {
 *   const startedAt = performance.now();
 *   try {
 *     return await next(context);
 *   } finally {
 *     context.logger.info("job ran", { ms: performance.now() - startedAt });
 *   }
 * };
 * ```
 */
export type Middleware<Env> = (context: JobContext<unknown, Env>, next: Next<Env>) => unknown;

/** Runs a handler inside of the middleware, the first of them outermost. Made once for each handler. */
export function compose<Env>(
  middleware: readonly Middleware<Env>[],
  handler: Pick<Handler<Env>, "run">,
): (context: JobContext<unknown, Env>) => unknown {
  if (middleware.length === 0) return (context) => handler.run(context);
  const run: Next<Env> = async (context) => await handler.run(context);
  const outermost = middleware.reduceRight<Next<Env>>((next, wrap) => async (context) => await wrap(context, next), run);
  return (context) => outermost(withOwnProperties(context));
}

/** A context that is still whole after `{ ...context, more }`, as middleware changes it: getters of a class are not copied by that. */
function withOwnProperties<Env>(context: JobContext<unknown, Env>): JobContext<unknown, Env> {
  return { ...context, signal: context.signal, logger: context.logger };
}
