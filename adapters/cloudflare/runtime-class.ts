/**
 * Classes of the runtime, from `cloudflare:workers`, that Mayfly extends. They are passed in, since that module exists on Workers only, and their types are the
 * caller's, since the platform brands its classes and declares them as abstract.
 * @module
 */

/** Any class of the runtime. */
export type RuntimeClass = abstract new (context: never, env: never) => object;

/** A class that can be exported by a Worker: the runtime's, with what Mayfly adds. */
export type RuntimeSubclass<Base extends RuntimeClass, Added> = new (...args: ConstructorParameters<Base>) => InstanceType<Base> & Added;

/** The class as one that a class of Mayfly can extend, whatever the caller knows of it. */
export function extensible(base: RuntimeClass): new (context: never, env: never) => object {
  return base as new (
    context: never,
    env: never,
  ) => object;
}
