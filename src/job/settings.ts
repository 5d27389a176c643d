/**
 * What the settings of a job may be, in its definition as in each enqueue.
 * @module
 */
import { isBetween, isText, MAX_TEXT, MAX_TIMEOUT_MS, SMALLINT } from "../base/bounds.ts";
import { parseDuration } from "../base/durations.ts";
import { isUuid } from "../base/ids.ts";
import { type Problems, show } from "../base/problems.ts";

interface Rule {
  fits(value: unknown): boolean;
  /** What it is, as the second half of a message. */
  readonly told: string;
  /** It may be made of a payload, so a message does not repeat it. */
  readonly untold?: boolean;
}

/** Further from now, in either direction, is taken for a mistake: ten years. */
export const MAX_DELAY_MS = 3_650 * 86_400_000;

const text = (least: 0 | 1, most: number): Rule => ({
  fits: (value) => (value === "" && least === 0) || isText(value, most),
  told: `it is valid text of ${least} to ${most} characters, without NUL`,
});

const wholeNumber = (least: number, most: number): Rule => ({
  fits: (value) => isBetween(value, least, most),
  told: `it is a whole number from ${least} to ${most}`,
});

const duration = (example: string, least: number, most: number, longest: string): Rule => ({
  fits: (value) => isBetween(parseDuration(value), least, most),
  told: `it is a duration such as "${example}", up to ${longest}`,
});

const RULES = {
  id: { fits: isUuid, told: "it is a UUID" },
  name: text(1, MAX_TEXT),
  queue: text(1, MAX_TEXT),
  priority: wholeNumber(SMALLINT.least, SMALLINT.most),
  retries: wholeNumber(0, SMALLINT.most - 1),
  timeout: duration("30s", 1, MAX_TIMEOUT_MS, "24 days"),
  delay: duration("10m", 0, MAX_DELAY_MS, "ten years"),
  within: duration("15m", 1_000, 86_400_000, "a day, and from a second"),
  expiresIn: duration("1d", 1, MAX_DELAY_MS, "ten years"),
  concurrencyKey: { ...text(1, MAX_TEXT), untold: true },
  source: text(0, 1_024),
  traceparent: text(0, 1_024),
  tracestate: text(0, 1_024),
  createdBy: text(1, MAX_TEXT),
} satisfies Record<string, Rule>;

/** Settings by their names. Those that are undefined are not given. */
export type Settings = { readonly [Name in keyof typeof RULES]?: unknown };

/** Adds a problem for each setting that breaks its rule. */
export function checkSettings(settings: Settings, problems: Problems, at: readonly string[] = []): void {
  for (const [name, { fits, told, untold }] of Object.entries<Rule>(RULES)) {
    const value = settings[name as keyof Settings];
    if (value !== undefined && !fits(value)) problems.add([...at, name], `is ${untold ? kindOf(value) : show(value)}; ${told}`);
  }
}

function kindOf(value: unknown): string {
  return typeof value === "string" ? `a text of ${value.length} characters` : `of type ${typeof value}`;
}
