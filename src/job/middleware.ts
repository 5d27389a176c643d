/**
 * What is wrapped round every run of a handler.
 * @module
 */
import type { JobContext } from "./handler.ts";

/** Runs what is inside: the next middleware, or the handler. */
export type Next<Env> = (context: JobContext<unknown, Env>) => Promise<unknown>;

/**
 * Wraps a run. Call `next` once, with the context or a changed one, and return what it returns; what is thrown ends the attempt as errored.
 */
export type Middleware<Env> = (context: JobContext<unknown, Env>, next: Next<Env>) => unknown;

/** The middleware as one function, the first of them outermost. */
export function compose<Env>(middleware: readonly Middleware<Env>[], run: Next<Env>): Next<Env> {
  return middleware.reduceRight<Next<Env>>((next, wrap) => async (context) => await wrap(context, next), run);
}
