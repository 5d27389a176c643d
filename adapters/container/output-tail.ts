/**
 * The end of an output, in bounded memory.
 * @module
 */
import { cleanText } from "../../src/base/json-value.ts";

/** Bytes kept. */
const MAX_BYTES = 16_384;

/** Takes in any amount of bytes and keeps the last 16 KiB. */
export class OutputTail {
  #kept: Buffer = Buffer.alloc(0);
  #total = 0;

  add(chunk: Buffer): void {
    this.#total += chunk.length;
    this.#kept = Buffer.concat([this.#kept, chunk]).subarray(-MAX_BYTES);
  }

  /** The last of it as text, without what Postgres cannot store. Says how much went before. */
  text(maxBytes = MAX_BYTES): string {
    let bytes = this.#kept.subarray(-maxBytes);
    if (this.#total === bytes.length) return cleanText(bytes.toString());
    // Half a character at the cut is left out: bytes 10xxxxxx continue one.
    while (bytes.length > 0 && ((bytes[0] ?? 0) & 0xc0) === 0x80) bytes = bytes.subarray(1);
    return `[the ${this.#total - bytes.length} bytes before this were cut]\n${cleanText(bytes.toString())}`;
  }
}
