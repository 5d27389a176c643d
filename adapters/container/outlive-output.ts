/**
 * A process that lives on when nobody reads what it writes.
 * @module
 */

const ignore = () => {};

/** Node ends a process whose standard output's reader is gone, such as `head` or a log collector, at its next line. From now on the line is lost instead. */
export function outliveOutput(): void {
  for (const stream of [process.stdout, process.stderr]) stream.off("error", ignore).on("error", ignore);
}
