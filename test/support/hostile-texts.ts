/**
 * Texts that nobody should send.
 * @module
 */

export const TEXTS: readonly [string, ...string[]] = [
  "",
  "x",
  "default",
  "'; drop table mayfly.job; --",
  '" or 1=1 --',
  "$1::uuid",
  "\\'); delete from mayfly.result where (1=1",
  "<script>alert(1)</script>",
  "{{7*7}}",
  "../../etc/passwd",
  "a\u0000b",
  "\ud800",
  "é🪰\u202e\ufeff",
  "constructor",
  "__proto__",
  "toString",
  "NaN",
  "null",
  "-1",
  "1e309",
  "2026-02-31T00:00:00Z",
  "0000-01-01T00:00:00Z",
  "2026-01-01T00:00:00.123456789+05:30",
  "01890000-0000-7000-8000-000000000000",
  "00000000-0000-0000-0000-000000000000",
  "k".repeat(255),
  "k".repeat(256),
  "eyJhIjoxfQ",
  "9".repeat(400),
  "$(touch mayfly-was-here); `id` | cat && exit 1 #",
  "%s%n%x%p %1$s {0} %env.SECRET%",
  "\u001b[2J\u001b]0;owned\u0007\u009b31m\r\n",
  "\u2066\u202eadmin\u2069\u200f\u0000",
  "a\udc00b\ud83d",
];

/** These, and what is as long as a whole payload may be. */
export const LONG_TEXTS: readonly [string, ...string[]] = [
  ...TEXTS,
  "x".repeat(65_536),
  "\u202e".repeat(21_845),
  `${"\ud800"}${"y".repeat(65_535)}`,
];

/** How many times the usual number of cases a fuzz tries: `MAYFLY_FUZZ=20` looks harder than the suite has time for. */
export const FUZZ = Number(process.env.MAYFLY_FUZZ ?? 1);

/** Added to the seed of every fuzz, so that others are tried: `MAYFLY_FUZZ_SEED`. */
export const FUZZ_SEED = Number(process.env.MAYFLY_FUZZ_SEED ?? 0);

/** What only the inside says: where in the code, which statement. */
export const INSIDE = /\.ts:\d|node_modules|SQLSTATE|_v1\b|violates|invalid input syntax|out of range for type|PGlite|\\n\s+at /i;

/** As a URL can carry it. */
export function wellFormed(text: string): string {
  return text.toWellFormed();
}
