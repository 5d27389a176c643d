/**
 * Texts of strangers, made fit for a terminal: a queue's name may hold whatever a producer put there.
 * @module
 */

/** A terminal obeys these characters instead of showing them: control characters, line separators, and those that change the direction of text. */
const UNPRINTABLE = /[\p{Cc}\p{Bidi_Control}\u2028\u2029\ufeff]/gu;

/**
 * The text with everything written out that a terminal would obey: `\u001b`, also in JSON, where it means the same.
 * @example printable("a\u001b[2J") // "a\\u001b[2J"
 */
export function printable(text: string, but = ""): string {
  return text.replace(UNPRINTABLE, (character) =>
    but.includes(character) ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/**
 * The text as one word of a shell's command line, so that it can be copied from an advice.
 * @example shellWord("a b; rm -rf ~") // "'a b; rm -rf ~'"
 */
export function shellWord(text: string): string {
  if (/^[\w./:@%+=,][\w./:@%+=,-]*$/.test(text)) return text;
  // An operand that starts with a dash would be an option.
  return `${text.startsWith("-") ? "-- " : ""}'${text.replaceAll("'", `'\\''`)}'`;
}
