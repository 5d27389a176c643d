/**
 * Who has the session of the embedded Postgres, which has only one: whoever comes waits until nobody is in the middle of something.
 * @module
 */

export interface SessionGate {
  /** Resolves once the session is free, with what gives it back. */
  take(): Promise<() => void>;
  /** Has it while this runs. */
  use<T>(work: () => Promise<T>): Promise<T>;
}

/** First come, first served. */
export function sessionGate(): SessionGate {
  let last: Promise<void> = Promise.resolve();
  const take = async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const before = last;
    last = promise;
    await before;
    return resolve;
  };
  return {
    take,
    async use(work) {
      const leave = await take();
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}
