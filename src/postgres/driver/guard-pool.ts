/**
 * A pool whose connections may end at any time without ending the process.
 * @module
 */

/** The part of a pool's events that is used; the listeners' types are those of any pool of the shape of `pg`'s. */
export interface PoolEvents {
  on?(event: "error", listener: (error: Error) => void): unknown;
  on?(event: "connect", listener: (client: ErrorEvents) => void): unknown;
}

/** The part of a client's events that is used. */
export interface ErrorEvents {
  on(event: "error", listener: (error: Error) => void): unknown;
}

/** A pool may be handed over for every call: it is listened to once. */
const guarded = new WeakSet<PoolEvents>();

/** Does nothing: a query fails by itself where its connection ends, and the pool replaces a connection that ended while idle. */
const ignore = () => {};

/** Node ends a process at an `error` that nobody listens to. A pool tells of idle clients; a new client is on its own until somebody has received it. */
export function guardPool(pool: PoolEvents): void {
  if (guarded.has(pool)) return;
  guarded.add(pool);
  pool.on?.("error", ignore);
  pool.on?.("connect", (client) => client.on("error", ignore));
}
