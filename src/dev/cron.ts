/**
 * A cron trigger of one minute for the local Worker: workerd has none of its own.
 * @module
 */

const MINUTE_MS = 60_000;

/** Calls `tick` at the start of every minute, overlapping like the real one, until stopped. */
export function startCron(tick: () => Promise<void>, onError: (error: unknown) => void): { stop(): void } {
  let timer: NodeJS.Timeout;
  const schedule = () => {
    timer = setTimeout(
      () => {
        schedule();
        tick().catch(onError);
      },
      MINUTE_MS - (Date.now() % MINUTE_MS),
    );
  };
  schedule();
  return { stop: () => clearTimeout(timer) };
}

/** Ticks in a row that fail before a Worker is taken for gone: three minutes. */
const MOST_FAILURES = 3;

/** The tick, watched: `gone` resolves once it has failed so often in a row. */
export function watchTicks(tick: () => Promise<void>): { readonly tick: () => Promise<void>; readonly gone: Promise<void> } {
  const gone = Promise.withResolvers<void>();
  let failures = 0;
  return {
    gone: gone.promise,
    async tick() {
      try {
        await tick();
        failures = 0;
      } catch (error) {
        if (++failures === MOST_FAILURES) gone.resolve();
        throw error;
      }
    },
  };
}
