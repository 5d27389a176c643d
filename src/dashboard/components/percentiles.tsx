/**
 * Percentiles of a length of time, as bars on one scale.
 * @module
 */
import type { Percentiles } from "../../operate/listing.ts";
import { duration } from "../format.ts";

const RANKS = ["p50", "p95", "p99"] as const;

export function PercentileBars({
  label,
  what,
  values,
}: {
  readonly label: string;
  readonly what: string;
  readonly values: Percentiles | undefined;
}) {
  return (
    <div class="percentiles">
      <h3>{label}</h3>
      <p class="muted">{what}</p>
      {values === undefined ? (
        <p class="muted">Nothing ran in this time.</p>
      ) : (
        <dl>
          {RANKS.map((rank) => (
            <div>
              <dt>{rank}</dt>
              <dd>
                <svg class="depth" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
                  <rect class="track" x="0" y="0" width="100" height="8" />
                  <rect class="length" x="0" y="0" width={((values[rank] / Math.max(1, values.p99)) * 100).toFixed(1)} height="8" />
                </svg>
                <b>{duration(values[rank])}</b>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}
