/**
 * Checking what a request brings against the schemas of its route: everything that is wrong, at once.
 * @module
 */
import * as v from "valibot";
import { MayflyError, type Problem } from "../core/errors.ts";

type Entries = v.ObjectEntries;

/**
 * The value, as its schema has it.
 * @throws `invalid_options` with every problem and its path
 */
export function check(schema: v.GenericSchema, value: unknown, what: string): unknown {
  const checked = v.safeParse(schema, value);
  if (checked.success) return checked.output;
  throw refuse(what, checked.issues.map(toProblem));
}

/**
 * The parameters of a query, numbers and booleans as such.
 * @throws `invalid_options` as `check`, and for a parameter that is there twice
 */
export function readQuery(schema: v.StrictObjectSchema<Entries, undefined>, params: URLSearchParams): unknown {
  const twice = [...new Set(params.keys())].filter((name) => params.getAll(name).length > 1);
  if (twice.length > 0)
    throw refuse(
      "The query",
      twice.map((name) => ({ path: [name], message: "is there more than once" })),
    );
  return check(schema, Object.fromEntries([...params].map(([name, text]) => [name, toValue(schema.entries[name], text)])), "The query");
}

function toValue(entry: Entries[string] | undefined, text: string): unknown {
  const type = entry && "wrapped" in entry ? (entry.wrapped as v.GenericSchema).type : entry?.type;
  if (type === "number" && /^-?\d{1,15}$/.test(text)) return Number(text);
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  return text;
}

function toProblem(issue: v.BaseIssue<unknown>): Problem {
  const path = (issue.path ?? []).map(({ key }) => (typeof key === "number" ? key : String(key)));
  if (issue.type === "strict_object" && issue.expected === "never") return { path, message: "is not taken here" };
  if (issue.received === "undefined") return { path, message: "is missing" };
  return { path, message: issue.expected === null ? issue.message : `is ${issue.received.slice(0, 100)}; expected is ${issue.expected}` };
}

function refuse(what: string, problems: readonly Problem[]): MayflyError {
  const list = problems.slice(0, 20).map(({ path, message }) => `${path.join(".")} ${message}`);
  return new MayflyError("invalid_options", `${what} cannot be taken: ${list.join("; ")}.`, { problems: problems.slice(0, 20) });
}
