/**
 * Which Mayfly this is.
 * @module
 */
import { readFileSync } from "node:fs";

/** The package's version. Its manifest lies two folders up, in the repository and in what is published. */
export function packageVersion(): string {
  return (JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string }).version;
}
