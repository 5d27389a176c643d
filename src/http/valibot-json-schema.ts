/**
 * The JSON Schema of what a valibot schema takes in. valibot leaves telling it to a converter, which is as large as valibot itself in a
 * bundle; this one knows the kinds that a request is made of, and takes every other for any value. Checks in code are left out.
 * @module
 */
import type * as v from "valibot";

type Json = Record<string, unknown>;

/** A schema, or a step of its pipe, as far as it is looked at. */
interface Part {
  readonly kind: string;
  readonly type: string;
  readonly pipe?: readonly Part[];
  readonly wrapped?: Part;
  readonly item?: Part;
  readonly key?: Part;
  readonly value?: Part;
  readonly entries?: Readonly<Record<string, Part>>;
  readonly options?: readonly unknown[];
  readonly literal?: unknown;
  readonly default?: unknown;
  readonly requirement?: unknown;
  readonly title?: string;
  readonly description?: string;
  readonly metadata?: Json;
}

const FORMATS: Readonly<Record<string, string>> = {
  email: "email",
  rfc_email: "email",
  ipv4: "ipv4",
  ipv6: "ipv6",
  iso_date: "date",
  iso_date_time: "date-time",
  iso_time: "time",
  iso_timestamp: "date-time",
  url: "uri",
  uuid: "uuid",
};

const CHOICES: Readonly<Record<string, string>> = { union: "anyOf", variant: "oneOf", intersect: "allOf" };

/** A transformation whose result is of the type that it takes in. */
const KEEPS_TYPE = /^(trim|to_(lower|upper)_case$|normalize$|brand$|flavor$|readonly$)/;

/** In the dialect of 2020-12. */
export function valibotJsonSchema(schema: v.GenericSchema): Json {
  return convert(schema as unknown as Part);
}

function convert(schema: Part): Json {
  const [first = schema, ...steps] = flat(schema);
  const json = convertBare(first);
  for (const step of steps) {
    // What follows is not said of what was taken in.
    if (step.kind === "schema" || (step.kind === "transformation" && !KEEPS_TYPE.test(step.type))) break;
    Object.assign(json, restriction(step, json));
  }
  return json;
}

function flat(part: Part): readonly Part[] {
  return part.pipe?.flatMap(flat) ?? [part];
}

function convertBare({ type, wrapped, item, key, value, entries, options, literal, default: given }: Part): Json {
  if (wrapped) {
    const inner = convert(wrapped);
    return { ...(type.startsWith("null") ? { anyOf: [inner, { type: "null" }] } : inner), ...defaultOf(given) };
  }
  if (item) return { type: "array", items: convert(item) };
  if (key && value) return { type: "object", propertyNames: convert(key), additionalProperties: convert(value) };
  if (entries) return objectOf(entries, type);
  if (type === "literal") return { const: literal };
  if (type === "picklist" || type === "enum") return { ...typeOf(options), enum: options };
  const choices = CHOICES[type];
  if (choices) return { [choices]: (options as readonly Part[]).map(convert) };
  return /^(string|number|boolean|null)$/.test(type) ? { type } : {};
}

function objectOf(entries: Readonly<Record<string, Part>>, type: string): Json {
  const all = Object.entries(entries);
  return {
    type: "object",
    properties: Object.fromEntries(all.map(([name, entry]) => [name, convert(entry)])),
    required: all.filter(([, entry]) => !/^(exact_optional|nullish|optional)$/.test(entry.type)).map(([name]) => name),
    ...(type === "strict_object" ? { additionalProperties: false } : {}),
  };
}

function defaultOf(given: unknown): Json {
  const value: unknown = typeof given === "function" ? given() : given;
  return value === undefined ? {} : { default: value };
}

function typeOf(options: readonly unknown[] = []): Json {
  const types = [...new Set(options.map((option) => typeof option))].sort().reverse();
  return { type: types.length === 1 ? types[0] : types };
}

/** What a step of a pipe adds. */
function restriction({ type, requirement, title, description, metadata }: Part, { type: of }: Json): Json {
  if (FORMATS[type]) return { format: FORMATS[type] };
  if (requirement instanceof RegExp) return { pattern: requirement.source };
  const size = of === "array" ? "Items" : "Length";
  switch (type) {
    case "title":
      return { title };
    case "description":
      return { description };
    case "metadata":
      return metadata ?? {};
    case "integer":
      return { type: "integer" };
    case "non_empty":
      return { [`min${size}`]: 1 };
    case "length":
      return { [`min${size}`]: requirement, [`max${size}`]: requirement };
    case "min_length":
      return { [`min${size}`]: requirement };
    case "max_length":
      return { [`max${size}`]: requirement };
    case "min_value":
      return typeof requirement === "number" ? { minimum: requirement } : {};
    case "max_value":
      return typeof requirement === "number" ? { maximum: requirement } : {};
    default:
      return {};
  }
}
