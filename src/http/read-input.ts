/**
 * Checking what a request brings against the schemas of its route: everything that is wrong, at once.
 * @module
 */
import * as v from "valibot";
import { Problems } from "../base/problems.ts";

type Entries = v.ObjectEntries;

/**
 * The value, as its schema has it.
 * @throws `invalid_options` with every problem and its path
 */
export function check(schema: v.GenericSchema, value: unknown, what: string): unknown {
  const checked = v.safeParse(schema, value);
  if (checked.success) return checked.output;
  const problems = new Problems();
  for (const issue of checked.issues) addIssue(problems, issue);
  throw problems.error("invalid_options", `${what} cannot be taken`);
}

/**
 * The parameters of a query, numbers and booleans as such.
 * @throws `invalid_options` as `check`, and for a parameter that is there twice
 */
export function readQuery(schema: v.StrictObjectSchema<Entries, undefined>, params: URLSearchParams): unknown {
  const twice = new Problems();
  const seen = new Map<string, number>();
  for (const name of params.keys()) {
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    if (times === 2) twice.add([name], "is there more than once");
  }
  if (twice.count > 0) throw twice.error("invalid_options", "The query cannot be taken");
  return check(schema, Object.fromEntries([...params].map(([name, text]) => [name, toValue(schema.entries[name], text)])), "The query");
}

function toValue(entry: Entries[string] | undefined, text: string): unknown {
  const type = entry && "wrapped" in entry ? (entry.wrapped as v.GenericSchema).type : entry?.type;
  if (type === "number" && /^-?\d{1,15}$/.test(text)) return Number(text);
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  return text;
}

function addIssue(problems: Problems, issue: v.BaseIssue<unknown>): void {
  const path = (issue.path ?? []).map(({ key }) => (typeof key === "number" ? key : String(key)));
  if (issue.type === "strict_object" && issue.expected === "never") problems.add(path, "is not taken here");
  else if (issue.received === "undefined") problems.add(path, "is missing");
  else problems.add(path, issue.expected === null ? issue.message : `is ${issue.received.slice(0, 100)}; expected is ${issue.expected}`);
}
