/**
 * Ids: UUIDv7, made by the caller, so that a repeated request can be told from a new one.
 * @module
 */
import type { Clock } from "./clock.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether the text is a UUID, of any version. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/**
 * A source of UUIDv7 that never goes backwards: within one millisecond, and while the clock stands still or steps
 * back, a counter orders them (RFC 9562, section 6.2, method 1).
 *
 * @param random fills an array with random bytes. Default: `crypto.getRandomValues`, called only when an id is made,
 *   since Workers forbid it at start-up.
 */
export function createIdSource(
  clock: Pick<Clock, "now">,
  random: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array = (bytes) => crypto.getRandomValues(bytes),
): () => string {
  const bytes = new Uint8Array(10);
  let lastMs = -1;
  let counter = 0;
  return () => {
    random(bytes);
    const now = clock.now();
    if (now > lastMs) {
      lastMs = now;
      // Its highest bit is left clear, so that the counter has room to grow.
      counter = (((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0)) & 0x7ff;
    } else if (++counter > 0xfff) {
      lastMs++;
      counter = 0;
    }
    const time = lastMs.toString(16).padStart(12, "0");
    const variant = ((bytes[2] ?? 0) & 0x3f) | 0x80;
    const tail = Array.from(bytes.subarray(3), hex).join("");
    return `${time.slice(0, 8)}-${time.slice(8)}-7${counter.toString(16).padStart(3, "0")}-${hex(variant)}${tail.slice(0, 2)}-${tail.slice(2)}`;
  };
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}
