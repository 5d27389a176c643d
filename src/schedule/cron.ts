/**
 * Cron expressions, read by croner and held to the rules of classic cron.
 * @module
 */
import { Cron } from "croner";
import { Problems, show } from "../base/problems.ts";
import type { Schedule } from "./schedule.ts";

/** A schedule, or everything that is wrong with what was written. Paths of problems are `when` and `timezone`. */
export type CronResult =
  | {
      readonly ok: true;
      readonly schedule: Schedule;
      /** The expression in one spelling: the same for the same expression in other letters, or with other white space. */
      readonly pattern: string | undefined;
    }
  | { readonly ok: false; readonly problems: Problems };

/** An expression that matches nothing from here on for 400 years, the length of the calendar's cycle, never matches. */
const EPOCH = new Date(0);

/**
 * Reads a cron expression: minute, hour, day of month, month, day of week, optionally a second in front; or one of
 * `@yearly @annually @monthly @weekly @daily @midnight @hourly`. croner's additions for days work too: `L` (the last
 * one), `15W` (the nearest working day), `MON#2` (the second Monday).
 *
 * - A step counts from the start of its range: `10-50/7` is 10, 17, 24, ...
 * - Sunday is 0 and 7. With both day fields restricted either may match. One that holds a `*`, with a step or without,
 *   is not restricted: then both have to match.
 * - Where clocks change, it goes by the fields of the time of day (second, minute, hour). **Fixed**, none of them
 *   holds a `*`: a time that occurs twice counts the first time; one that is skipped counts at the first instant after
 *   the gap, once however many of them meet there. **Interval**, one of them holds a `*`: whatever the clock shows
 *   counts, so both passes of a repeated hour do, and nothing of a skipped one.
 *
 * @param timezone an IANA name. Default "UTC"
 */
export function parseCron(expression: string, timezone = "UTC"): CronResult {
  const problems = new Problems();
  if (!isTimezone(timezone)) {
    problems.add(["timezone"], `is ${JSON.stringify(timezone)}; it is an IANA name such as "Europe/Berlin"`);
  }
  const pattern = read(expression);
  if (typeof pattern === "string") problems.add(["when"], pattern);
  if (problems.count > 0 || typeof pattern === "string") return { ok: false, problems };
  const cron = new Cron(pattern.text, { ...pattern.options, timezone });
  return { ok: true, schedule: Object.freeze({ next: (after: Date) => cron.nextRun(after) }), pattern: pattern.text };
}

interface Pattern {
  readonly text: string;
  readonly options: { readonly mode: "5-or-6-parts"; readonly fixedTimeRule: "no-wildcard"; readonly domAndDow: boolean };
}

/** The expression as croner is given it; text says what is wrong with it. */
function read(expression: unknown): Pattern | string {
  const shown = show(expression);
  if (typeof expression !== "string" || expression.trim() === "") return wrong(shown, "it is not text");
  const fields = expression.trim().replaceAll("?", "*").split(/\s+/);
  // croner takes whatever holds a colon for a date.
  if (expression.includes(":")) return wrong(shown, "it holds a colon");
  const [dayOfMonth = "*", , dayOfWeek = "*"] = fields.slice(-3);
  const options = {
    mode: "5-or-6-parts",
    fixedTimeRule: "no-wildcard",
    domAndDow: dayOfMonth.includes("*") || dayOfWeek.includes("*"),
  } as const;
  try {
    new Cron(fields.join(" "), { ...options, timezone: "UTC" });
    // croner only looks at the values that a step meets: 50-70/30 is 50 to it.
    new Cron(fields.join(" ").replace(/(-\w+)\/\d+/g, "$1"), { ...options, timezone: "UTC" });
    const text = [...fields.slice(0, -3).map(spellOutSteps), ...fields.slice(-3)].join(" ").toUpperCase();
    return new Cron(text, { ...options, timezone: "UTC" }).nextRun(EPOCH) ? { text, options } : wrong(shown, "no date matches it, ever");
  } catch (error) {
    return wrong(shown, reasonOf(error));
  }
}

/** `0-23/6` as `0,6,12,18`: to croner a step makes an interval, to cron only a `*` does. */
function spellOutSteps(field: string): string {
  return field.replace(/(\d+)-(\d+)\/(\d+)/g, (_, from, to, step) => {
    const values: number[] = [];
    for (let value = Number(from); value <= Number(to); value += Number(step)) values.push(value);
    return values.join();
  });
}

function wrong(shown: string, reason: string): string {
  return `is ${shown}: ${reason}. It is minute, hour, day of month, month and day of week, such as "*/15 9-17 * * MON-FRI", optionally with seconds in front, or a name such as "@daily"`;
}

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const reason = message.replace(/^CronPattern: (Syntax error, )?/, "").replace(/\.$/, "");
  return reason.charAt(0).toLowerCase() + reason.slice(1);
}

function isTimezone(name: unknown): name is string {
  if (typeof name !== "string") return false;
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
