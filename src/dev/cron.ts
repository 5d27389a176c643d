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
