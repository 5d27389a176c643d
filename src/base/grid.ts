/**
 * The grid on which due times of one width meet: multiples of it since the year 1970 began. Postgres has the same in `mayfly.on_grid`.
 * @module
 */

/** The first point at or after this time, both in milliseconds since then. */
export function onGrid(at: number, widthMs: number): number {
  return Math.ceil(at / widthMs) * widthMs;
}
