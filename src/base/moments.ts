/**
 * Points in time as text.
 * @module
 */

/** Whether it is ISO 8601 with a zone that Postgres reads too: it knows no February 31st, no year 0, and no zone beyond 16 hours. */
export function isMoment(text: string): boolean {
  const [, day] = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-](?:0\d|1[0-5]):[0-5]\d)$/.exec(text) ?? [];
  if (day === undefined || day < "0001" || Number.isNaN(Date.parse(text))) return false;
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}

/** The message for a text that is not a moment. */
export const MOMENT_TOLD = 'it is a date that exists, with time and zone, such as "2030-01-01T09:00:00Z"';
