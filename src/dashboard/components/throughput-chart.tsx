/**
 * Finished attempts over time, stacked by how they ended. The bars stretch with the page, the text does not: the labels of the axes are
 * text of their own, beside the picture.
 * @module
 */
import type { Overview, ThroughputPoint } from "../../operate/listing.ts";
import { countScale, timeLabel } from "../chart-scale.ts";
import { instant, number } from "../format.ts";
import { OUTCOMES, titled } from "../outcomes.ts";
import { Scroll } from "./scroll.tsx";

const WIDTH = 1_000;
const HEIGHT = 200;
/** A label further to the right would be cut off. */
const LAST_LABEL = 0.95;

export function ThroughputChart({ overview: { throughput, stepMs } }: { readonly overview: Overview }) {
  const { top, ticks } = countScale(Math.max(0, ...throughput.map(total)));
  const step = WIDTH / Math.max(1, throughput.length);
  return (
    <div class="chart">
      <div class="y" aria-hidden="true">
        {ticks.toReversed().map((tick) => (
          <span>{number(tick)}</span>
        ))}
      </div>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label="Finished attempts over time; the table below has the numbers"
      >
        {ticks.map((tick) => (
          <line class="grid" x1="0" x2={WIDTH} y1={y(tick, top)} y2={y(tick, top)} />
        ))}
        {throughput.map((point, index) => (
          <Bar point={point} x={index * step} width={step} top={top} stepMs={stepMs} />
        ))}
      </svg>
      <span class="zone" aria-hidden="true">
        UTC
      </span>
      <div class="x" aria-hidden="true">
        {throughput.map(({ at }, index) => {
          const label = index < throughput.length * LAST_LABEL ? timeLabel(at, stepMs) : undefined;
          return <span class={label?.minor ? "minor" : ""}>{label?.text}</span>;
        })}
      </div>
    </div>
  );
}

interface BarProps {
  readonly point: ThroughputPoint;
  readonly x: number;
  readonly width: number;
  readonly top: number;
  readonly stepMs: number;
}

function Bar({ point, x, width, top, stepMs }: BarProps) {
  const parts = OUTCOMES.filter((outcome) => point[outcome] > 0);
  let below = 0;
  return (
    <g class="bar">
      <title>{`${instant(point.at)}, ${stepMs / 60_000} min: ${told(point)}`}</title>
      <rect class="reach" x={fixed(x)} y="0" width={fixed(width)} height={HEIGHT} />
      {parts.map((outcome) => {
        const from = below;
        below += point[outcome];
        const height = y(from, top) - y(below, top);
        return (
          <rect class={outcome} x={fixed(x + width * 0.12)} y={fixed(y(below, top))} width={fixed(width * 0.76)} height={fixed(height)} />
        );
      })}
    </g>
  );
}

/** What the bars add up to, and the same numbers as a table. */
export function ThroughputNumbers({ overview: { throughput } }: { readonly overview: Overview }) {
  const busy = throughput.filter((point) => total(point) > 0).toReversed();
  return (
    <details class="numbers" id="throughput-numbers">
      <summary>The numbers</summary>
      <Scroll class="scroll" label="Finished attempts as numbers">
        <table>
          <caption class="hidden">Finished attempts by time and status</caption>
          <thead>
            <tr>
              <th scope="col">From</th>
              {OUTCOMES.map((outcome) => (
                <th scope="col" class="numeric">
                  {titled(outcome)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {busy.map((point) => (
              <tr>
                <th scope="row">{instant(point.at)}</th>
                {OUTCOMES.map((outcome) => (
                  <td class="numeric">{number(point[outcome])}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </details>
  );
}

function total(point: ThroughputPoint): number {
  return OUTCOMES.reduce((sum, outcome) => sum + point[outcome], 0);
}

function told(point: ThroughputPoint): string {
  const parts = OUTCOMES.filter((outcome) => point[outcome] > 0).map((outcome) => `${number(point[outcome])} ${outcome}`);
  return parts.join(", ") || "nothing finished";
}

function y(value: number, top: number): number {
  return HEIGHT - (value / top) * HEIGHT;
}

function fixed(value: number): string {
  return value.toFixed(2).replace(/\.?0+$/, "");
}
