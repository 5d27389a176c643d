/**
 * Cron the slow way: every minute of a day that matches is looked at. Shares nothing with the implementation, only the rule.
 * @module
 */

const MINUTE = 60_000;
const DAY = 86_400_000;

/** A zone's clock over a span of years: constant between changes. */
export interface ZoneClock {
  /** Instants at which the clock is changed, in minutes since the epoch. */
  readonly changes: readonly number[];
  /** Minutes to add to UTC, by the number of changes that have passed. */
  readonly offsets: readonly number[];
}

/** Finds all changes from one instant to another, day by day, each then to the minute. */
export function zoneClock(zone: string, from: Date, to: Date): ZoneClock {
  const format = new Intl.DateTimeFormat("en-GB", { timeZone: zone, dateStyle: "short", timeStyle: "medium" });
  const offset = (minute: number) => {
    const [day, month, year, ...time] = format
      .format(minute * MINUTE)
      .split(/\D+/)
      .map(Number) as [number, number, number, number, number];
    return Date.UTC(year, month - 1, day, ...time) / MINUTE - minute;
  };
  const changes: number[] = [];
  const offsets = [offset(from.getTime() / MINUTE)];
  for (let at = from.getTime(); at < to.getTime(); at += DAY) {
    let [low, high] = [at / MINUTE, (at + DAY) / MINUTE];
    if (offset(low) === offset(high)) continue;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (offset(middle) === offset(low)) low = middle;
      else high = middle;
    }
    changes.push(high);
    offsets.push(offset(high));
  }
  return { changes, offsets };
}

const MONTHS = ["", "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/** The values of a field, true where it matches. */
function values(field: string, least: number, most: number, names: readonly string[] = []): boolean[] {
  const number = (text: string) => (names.includes(text) ? names.indexOf(text) : Number(text));
  const matches = new Array<boolean>(most + 1).fill(false);
  for (const part of field.split(",")) {
    const [range = "", step = "1"] = part.split("/");
    const [from = "", to = from] = range.split("-");
    const first = range === "*" ? least : number(from);
    // A range that ends on SUN ends on the Sunday after.
    const last = range === "*" ? most : to === "SUN" && first > 0 ? 7 : number(to);
    for (let value = first; value <= last; value += Number(step)) matches[value] = true;
  }
  return matches;
}

/** Of an expression of five fields: the first minute after `after` that it fires at, and before `end`; both since the epoch. */
export function cronOracle(expression: string, { changes, offsets }: ZoneClock): (after: number, end: number) => number | null {
  const fields = expression.split(" ") as [string, string, string, string, string];
  const minutes = values(fields[0], 0, 59);
  const hours = values(fields[1], 0, 23);
  const daysOfMonth = values(fields[2], 1, 31);
  const months = values(fields[3], 1, 12, MONTHS);
  const daysOfWeek = values(fields[4], 0, 7, DAYS);
  daysOfWeek[0] ||= daysOfWeek[7] === true;
  const fixed = !fields[0].includes("*") && !fields[1].includes("*");
  const eitherDay = !fields[2].includes("*") && !fields[4].includes("*");

  const days = new Map<number, boolean>();
  const dayMatches = (day: number) => {
    let match = days.get(day);
    if (match === undefined) {
      const date = new Date(day * DAY);
      const [ofMonth, ofWeek] = [daysOfMonth[date.getUTCDate()] === true, daysOfWeek[date.getUTCDay()] === true];
      match = months[date.getUTCMonth() + 1] === true && (eitherDay ? ofMonth || ofWeek : ofMonth && ofWeek);
      days.set(day, match);
    }
    return match;
  };
  /** By the clock on the wall, in minutes. */
  const shown = (wall: number) => {
    const ofDay = ((wall % 1_440) + 1_440) % 1_440;
    return minutes[ofDay % 60] === true && hours[Math.floor(ofDay / 60)] === true && dayMatches(Math.floor(wall / 1_440));
  };

  return (after, end) => {
    let passed = 0;
    for (let minute = after + 1; minute < end; minute++) {
      while (passed < changes.length && (changes[passed] as number) <= minute) passed++;
      const offset = offsets[passed] as number;
      const wall = minute + offset;
      // A day that does not match has no minute to look at, unless the clocks are changed within it.
      if (!dayMatches(Math.floor(wall / 1_440)) && (changes[passed] ?? Number.POSITIVE_INFINITY) > minute + 1_440) {
        minute += 1_439 - (wall % 1_440);
        continue;
      }
      if (!fixed) {
        if (shown(wall)) return minute;
        continue;
      }
      const before = passed === 0 ? offset : (offsets[passed - 1] as number);
      const change = passed === 0 ? Number.NEGATIVE_INFINITY : (changes[passed - 1] as number);
      // Clocks went back: what they show now they showed before the change too.
      const repeated = wall < change + before;
      if (!repeated && shown(wall)) return minute;
      // Clocks went forward: the first minute stands for all that were left out of its day.
      if (minute === change && offset > before) {
        for (let skipped = change + before; skipped < wall; skipped++) {
          if (Math.floor(skipped / 1_440) === Math.floor(wall / 1_440) && shown(skipped)) return minute;
        }
      }
    }
    return null;
  };
}
