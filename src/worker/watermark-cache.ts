/**
 * A worker's watermarks, and how long it relies on them. A watermark hides a job whose enqueue commits late, so now and then a turn scans from the
 * very start.
 * @module
 */
import type { Watermarks } from "../store/turn.ts";

/** Between two full scans: the least, and the most where full scans are slow. */
const LIFETIME_MS = { min: 4_000, max: 15_000 };
/** Full scans take at most this share of the time: where dead rows make them slow, they stay out of the 99th percentile of waits. */
const FULL_SCAN_SHARE = 1 / 200;

/** How a turn was asked for, and how long it took. */
interface ScannedTurn {
  /** What `get` gave for it. */
  readonly watermarks: Watermarks | null;
  readonly tookMs: number;
}

export class WatermarkCache {
  #watermarks: Watermarks | null = null;
  #fullScanAt = Number.NEGATIVE_INFINITY;
  #lifetimeMs = LIFETIME_MS.min;
  /** How long the last turn with watermarks took. Until there was one, nothing is known of what a full scan costs beyond it. */
  #usualMs = Number.POSITIVE_INFINITY;

  /** For a turn asked for now; null: it scans from the start. */
  get(now: number): Watermarks | null {
    if (now - this.#fullScanAt >= this.#lifetimeMs) this.#watermarks = null;
    if (this.#watermarks === null) this.#fullScanAt = now;
    return this.#watermarks;
  }

  /** Makes the next turn scan from the start. */
  clear(): void {
    this.#watermarks = null;
  }

  /** Keeps what a turn answered. */
  keep(answered: Watermarks, { watermarks, tookMs }: ScannedTurn): void {
    if (watermarks !== null) this.#usualMs = tookMs;
    else this.#lifetimeMs = Math.min(Math.max((tookMs - this.#usualMs) / FULL_SCAN_SHARE, LIFETIME_MS.min), LIFETIME_MS.max);
    this.#watermarks = answered;
  }
}
