/**
 * Lines over time, each in a box of its own, as an SVG.
 * @module
 */

export interface Line {
  readonly title: string;
  readonly values: readonly number[];
  /** How its values are written. */
  readonly show: (value: number) => string;
}

const [WIDTH, HEIGHT, ACROSS] = [270, 110, 3];
const [LEFT, TOP, RIGHT, BOTTOM] = [12, 34, 12, 14];

/** All boxes begin at nought, so that a rise looks as large as it is. */
export function plot(lines: readonly Line[], minutes: number): string {
  const rows = Math.ceil(lines.length / ACROSS);
  const boxes = lines.map((line, nth) => box(line, (nth % ACROSS) * WIDTH, Math.floor(nth / ACROSS) * HEIGHT));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${ACROSS * WIDTH} ${rows * HEIGHT + 18}" font-family="sans-serif" font-size="11">
<rect width="100%" height="100%" fill="#fff"/>
${boxes.join("\n")}
<text x="${LEFT}" y="${rows * HEIGHT + 10}" fill="#555">from left to right ${minutes.toFixed(0)} minutes; each box begins at nought; the dotted line is a fifth of the time</text>
</svg>
`;
}

function box({ title, values, show }: Line, x: number, y: number): string {
  const most = Math.max(...values, 1);
  const [width, height] = [WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM];
  const at = (value: number, nth: number) =>
    `${(x + LEFT + (width * nth) / Math.max(1, values.length - 1)).toFixed(1)},${(y + TOP + height * (1 - value / most)).toFixed(1)}`;
  const fifth = x + LEFT + width / 5;
  return `<text x="${x + LEFT}" y="${y + 14}" fill="#111">${title}</text>
<text x="${x + LEFT}" y="${y + 27}" fill="#555">at most ${show(most)}, at the end ${show(values.at(-1) ?? 0)}</text>
<path d="M${x + LEFT} ${y + TOP}v${height}h${width}" fill="none" stroke="#bbb"/>
<path d="M${fifth} ${y + TOP}v${height}" stroke="#bbb" stroke-dasharray="2 3"/>
<polyline points="${values.map(at).join(" ")}" fill="none" stroke="#1769aa" stroke-width="1.2"/>`;
}
