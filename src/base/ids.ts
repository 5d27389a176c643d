/**
 * Ids: UUIDv7, made by the caller, so that a repeated request is known as such.
 * @module
 */
import type { Clock } from "./clock.ts";

/** Random bytes of an id, and how many ids are given theirs at a time. */
const BYTES = 10;
const AHEAD = 100;

/** Two digits for each byte. */
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether it is a UUID, of any version. */
export function isUuid(value: unknown): value is string {
  return typeof value === "string" && UUID.test(value);
}

/**
 * A source of UUIDv7 that never goes backwards: within one millisecond, and while the clock stands still or steps
 * back, a counter orders them (RFC 9562, section 6.2, method 1).
 *
 * @param random fills an array with random bytes. Default: `crypto.getRandomValues`, called only when an id is made,
 *   since Workers forbid it at start-up, and for many ids at once.
 */
export function createIdSource(
  clock: Pick<Clock, "now">,
  random: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array = (bytes) => crypto.getRandomValues(bytes),
): () => string {
  const pool = new Uint8Array(BYTES * AHEAD);
  let used = pool.length;
  let lastMs = -1;
  let counter = 0;
  return () => {
    if (used === pool.length) {
      random(pool);
      used = 0;
    }
    const at = used;
    used += BYTES;
    const hex = (nth: number) => HEX[pool[at + nth] ?? 0];
    const now = clock.now();
    if (now > lastMs) {
      lastMs = now;
      // Its highest bit is left clear, so that the counter has room to grow.
      counter = (((pool[at] ?? 0) << 8) | (pool[at + 1] ?? 0)) & 0x7ff;
    } else if (++counter > 0xfff) {
      lastMs++;
      counter = 0;
    }
    const time = lastMs.toString(16).padStart(12, "0");
    const variant = HEX[((pool[at + 2] ?? 0) & 0x3f) | 0x80];
    const tail = `${hex(4)}${hex(5)}${hex(6)}${hex(7)}${hex(8)}${hex(9)}`;
    return `${time.slice(0, 8)}-${time.slice(8)}-7${counter.toString(16).padStart(3, "0")}-${variant}${hex(3)}-${tail}`;
  };
}
