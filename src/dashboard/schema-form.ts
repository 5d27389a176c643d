/**
 * A job's schema as fields of a form, and what is typed there as its payload.
 * @module
 */
import type { Problem } from "../base/errors.ts";
import { inexactIn } from "../base/json-value.ts";
import { payloadSchema } from "../http/payload-schema.ts";
import type { JobDefinition } from "../job/job-definition.ts";
import { number } from "./format.ts";

export interface FormField {
  /** Of the property, and of the input. */
  readonly name: string;
  readonly kind: "text" | "email" | "date" | "integer" | "number" | "boolean" | "choice" | "json";
  readonly required: boolean;
  /** What it may be, where that is listed. */
  readonly choices: readonly unknown[];
  /** Said below the input. */
  readonly hint: string | undefined;
  readonly initial: string;
}

/** The fields of a payload that is a plain object; undefined: its schema does not say, so it is typed as JSON. */
export function fieldsOf({ schema }: JobDefinition): FormField[] | undefined {
  const root = payloadSchema(schema);
  if (root?.type !== "object" || !isObject(root.properties)) return undefined;
  const required = Array.isArray(root.required) ? root.required : [];
  return Object.entries(root.properties).map(([name, property]) =>
    toField(name, isObject(property) ? property : {}, required.includes(name)),
  );
}

/** The payload that was typed. What is wrong with a field has its name as the path. */
export function readFields(fields: readonly FormField[], typed: (name: string) => string): { payload: unknown; problems: Problem[] } {
  const problems: Problem[] = [];
  const entries = fields.flatMap((field): [string, unknown][] => {
    const text = typed(field.name);
    if (text === "" && !(field.required && field.kind === "text")) return [];
    const value = readValue(field, text);
    if (value === undefined)
      problems.push({ path: [field.name], message: field.kind === "json" ? NO_JSON : "is not a number that can be kept exactly" });
    return [[field.name, value]];
  });
  return { payload: Object.fromEntries(entries), problems };
}

/** Said of text that is none. */
export const NO_JSON = "is not valid JSON, or holds a whole number beyond 9007199254740991: write that as text";

/** Text as JSON; undefined: it is none, or a number in it would be rounded. */
export function readJsonText(text: string): unknown {
  try {
    if (inexactIn(text) !== undefined) return undefined;
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function toField(name: string, property: Record<string, unknown>, required: boolean): FormField {
  const choices: unknown[] = Array.isArray(property.enum) ? property.enum : "const" in property ? [property.const] : [];
  const kind = choices.length > 0 ? "choice" : kindOf(property);
  return {
    name,
    kind,
    required: required && property.default === undefined,
    choices: kind === "boolean" ? [true, false] : choices,
    hint: hintOf(property, kind),
    initial: property.default === undefined ? "" : asText(property.default),
  };
}

function kindOf({ type, format }: Record<string, unknown>): FormField["kind"] {
  if (type === "integer" || type === "number" || type === "boolean") return type;
  if (type !== "string") return "json";
  return format === "email" || format === "date" ? format : "text";
}

function hintOf({ description, format, minimum, maximum }: Record<string, unknown>, kind: FormField["kind"]): string | undefined {
  if (typeof description === "string") return description;
  if (kind === "json") return "JSON";
  if (kind === "text" && typeof format === "string") return format;
  const bounds = [minimum, maximum].filter((bound) => typeof bound === "number" && Math.abs(bound) < Number.MAX_SAFE_INTEGER) as number[];
  return bounds.length === 2 ? bounds.map(number).join(" to ") : undefined;
}

function readValue({ kind, choices }: FormField, text: string): unknown {
  switch (kind) {
    case "integer":
    case "number":
      return readNumber(text.trim());
    case "json":
      return readJsonText(text);
    case "boolean":
    case "choice":
      return choices.find((choice) => asText(choice) === text) ?? text;
    default:
      return text;
  }
}

/** As people write numbers: no blanks for 0, no hexadecimals. */
function readNumber(text: string): number | undefined {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) || inexactIn(text.replace(/^\+/, "")) !== undefined) return undefined;
  return Number.isFinite(Number(text)) ? Number(text) : undefined;
}

/** A value as an input holds it: texts as they are, the rest as JSON. */
export function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
