/**
 * Payloads of the sizes that are measured: text as people write it, always the same, no two alike.
 * @module
 */
import { seeded } from "../test/support/random.ts";

/** What every contender's jobs carry. */
export interface Payload {
  readonly text: string;
}

const WORDS =
  "a about account after all and any are as at be because been before bill but by call can change city company could customer day delivery did do each email even every first for from get give good had has have he her him his how if in invoice into is it its just know like made make many may message month more most much must name new no not now number of on one only or order other our out over people please price product report said same see send she shall should so some such take than thank that the their them then there these they this time to two up us use very was way we week well were what when which who will with would year you your".split(
    " ",
  );
const OTHER_BYTES = JSON.stringify({ text: "" }).length;
const DISTINCT = 499;

/** A source of payloads that are each so many bytes of JSON. */
export function payloadsOf(bytes: number): () => Payload {
  const random = seeded(bytes);
  const texts = Array.from({ length: DISTINCT }, () => textOf(bytes - OTHER_BYTES, random.next));
  let next = 0;
  return () => ({ text: texts[next++ % DISTINCT] ?? "" });
}

function textOf(length: number, random: () => number): string {
  let text = "";
  while (text.length < length) {
    // Numbers, and a few words much more often than others.
    text += random() < 0.08 ? `${Math.floor(random() * 100_000)} ` : `${WORDS[Math.floor(random() ** 1.5 * WORDS.length)]} `;
    if (random() < 0.1) text = `${text.trimEnd()}. `;
  }
  return text.slice(0, length);
}
