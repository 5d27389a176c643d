/**
 * The colours of a chart, with what each adds up to; each leads to the results it counts.
 * @module
 */
import type { ThroughputPoint } from "../../operate/listing.ts";
import { number } from "../format.ts";
import { OUTCOMES, titled } from "../outcomes.ts";
import type { PageContext, Query } from "../page-context.ts";

export interface LegendProps {
  readonly context: PageContext;
  readonly points: readonly ThroughputPoint[];
  /** Goes into the links. */
  readonly query: Query;
}

export function Legend({ context, points, query }: LegendProps) {
  return (
    <ul class="legend" aria-label="Totals by status">
      {OUTCOMES.map((outcome) => (
        <li>
          <a href={context.link("/results", { ...query, outcome })}>
            <span class={`swatch ${outcome}`}></span>
            {titled(outcome)} <b>{number(points.reduce((sum, point) => sum + point[outcome], 0))}</b>
          </a>
        </li>
      ))}
    </ul>
  );
}
