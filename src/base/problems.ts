/**
 * Problems of an input. Their text is bounded, so that a request cannot make an answer that is larger than itself.
 * @module
 */
import { type ErrorCode, MayflyError, type Problem } from "./errors.ts";

type Path = Problem["path"];

/** A longer list helps nobody. */
const MOST = 20;
/** Characters of one path, and of one message. */
const LONGEST = 300;

/** What has been found wrong so far: the first 20, and how many more there were. */
export class Problems {
  readonly #told: Problem[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Whatever comes now is only counted. */
  get full(): boolean {
    return this.#told.length === MOST;
  }

  get told(): readonly Problem[] {
    return this.#told;
  }

  add(path: Path, message: string): void {
    this.#count++;
    if (!this.full) this.#told.push({ path: shortPath(path), message: short(message, LONGEST) });
  }

  /** Takes over what was found in the part that is at this path. */
  addAll(part: Problems | readonly Problem[], at: Path = []): void {
    const { told, count } = part instanceof Problems ? part : { told: part, count: part.length };
    for (const { path, message } of told) this.add([...at, ...path], message);
    this.#count += count - told.length;
  }

  /** As one line, each with its path. */
  list(): string {
    const each = this.#told.map(({ path, message }) => (path.length > 0 ? `${path.join(".")}: ${message}` : message));
    const more = this.#count - this.#told.length;
    return [...each, ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
  }

  /** An error that lists the problems. `what`: a sentence without its full stop. */
  error(code: ErrorCode, what: string): MayflyError {
    return new MayflyError(code, `${what}. ${this.list()}`, { problems: this.#told });
  }
}

/** The value, short enough for a message. */
export function show(value: unknown): string {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "no valid date" : value.toISOString();
  // Another object decides itself what String() makes of it, if anything.
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "an object";
  return short(typeof value === "string" ? JSON.stringify(value.slice(0, LONGEST)) : String(value), 100);
}

/** The first of these names, and how many more there are. */
export function someOf(names: Iterable<string>): string {
  const all = [...names];
  const more = all.length - MOST;
  return `${all.slice(0, MOST).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function short(text: string, most: number): string {
  // Postgres stores no half of a surrogate pair, and an error may be stored.
  return text.length > most ? `${text.slice(0, most).toWellFormed()}…` : text;
}

function shortPath(path: Path): Path {
  const cut: (string | number)[] = [];
  let left = LONGEST;
  for (const part of path) {
    if (left <= 0) return [...cut, "…"];
    cut.push(typeof part === "string" ? short(part, left) : part);
    left -= String(part).length + 1;
  }
  return cut;
}
