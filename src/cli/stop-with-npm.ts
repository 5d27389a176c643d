/**
 * What npm and npx have started stops in order once they are gone: at a signal they end without passing it on.
 * @module
 */

const LOOK_EVERY_MS = 500;

/** Calls `stop` once this process has lost the npm that started it. */
export function stopWithNpm(stop: () => void): void {
  if (process.env.npm_command === undefined) return;
  const parent = process.ppid;
  const looking = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(looking);
    stop();
  }, LOOK_EVERY_MS).unref();
}
