/**
 * The JSON Schema of valibot's schemas, beside valibot's own converter, the referee.
 * @module
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { toJsonSchema, toStandardJsonSchema } from "@valibot/to-json-schema";
import * as v from "valibot";
import { payloadSchema } from "../../src/http/payload-schema.ts";
import { type Route, routeList } from "../../src/http/route-table.ts";
import { jobOptions } from "../../src/http/schemas/enqueue.ts";
import { problem } from "../../src/http/schemas/problem.ts";
import { valibotJsonSchema } from "../../src/http/valibot-json-schema.ts";

/** As the referee tells it. */
function told(schema: v.GenericSchema) {
  const { $schema: _, ...converted } = toJsonSchema(schema, { target: "draft-2020-12", typeMode: "input", errorMode: "ignore" });
  return converted;
}

describe("what the API's own description is made of", () => {
  const own = { problem, ...jobOptions } as Record<string, v.GenericSchema>;
  for (const { key, body, answer, params, query, headers } of routeList as readonly (Route & { key: string })[])
    Object.entries({ ...params?.entries, ...query?.entries, ...headers, body, answer }).forEach(([part, schema]) => {
      if (schema) own[`${key}: ${part}`] = schema as v.GenericSchema;
    });
  for (const [what, schema] of Object.entries(own)) test(what, () => assert.deepEqual(valibotJsonSchema(schema), told(schema)));
});

const Plan = { Free: "free", Pro: "pro" } as const;

describe("payloads", () => {
  for (const [what, schema] of Object.entries<v.GenericSchema>({
    "plain values": v.object({ a: v.string(), b: v.number(), c: v.boolean(), d: v.null(), e: v.any(), f: v.unknown() }),
    formats: v.object({
      email: v.pipe(v.string(), v.email()),
      id: v.pipe(v.string(), v.uuid()),
      url: v.pipe(v.string(), v.url()),
      day: v.pipe(v.string(), v.isoDate()),
      hour: v.pipe(v.string(), v.isoTime()),
      at: v.pipe(v.string(), v.isoTimestamp()),
      minute: v.pipe(v.string(), v.isoDateTime()),
      four: v.pipe(v.string(), v.ipv4()),
      six: v.pipe(v.string(), v.ipv6()),
    }),
    patterns: v.object({ slug: v.pipe(v.string(), v.slug()), own: v.pipe(v.string(), v.regex(/^a+$/)), id: v.pipe(v.string(), v.ulid()) }),
    "bounds of texts and lists": v.object({
      text: v.pipe(v.string(), v.minLength(1), v.maxLength(9)),
      exact: v.pipe(v.string(), v.length(3)),
      some: v.pipe(v.string(), v.nonEmpty()),
      list: v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(9)),
      any: v.pipe(v.array(v.number()), v.nonEmpty()),
    }),
    "bounds of numbers": v.object({ n: v.pipe(v.number(), v.integer(), v.minValue(-1), v.maxValue(5)) }),
    choices: v.object({ a: v.picklist(["x", "y"]), b: v.picklist([1, 2]), c: v.picklist(["x", 1]), d: v.enum(Plan), e: v.literal("z") }),
    "what may be left out": v.object({
      a: v.optional(v.string()),
      b: v.optional(v.string(), "given"),
      c: v.optional(v.number(), () => 3),
      d: v.nullish(v.string()),
      e: v.nullable(v.string(), "given"),
      f: v.exactOptional(v.string()),
      g: v.undefinedable(v.string()),
    }),
    "objects of all kinds": v.object({
      a: v.strictObject({ n: v.number() }),
      b: v.looseObject({ n: v.number() }),
      c: v.record(v.string(), v.number()),
    }),
    "one of several": v.union([v.string(), v.object({ n: v.number() })]),
    variants: v.variant("kind", [v.object({ kind: v.literal("a") }), v.object({ kind: v.literal("b"), n: v.number() })]),
    intersections: v.intersect([v.object({ a: v.string() }), v.object({ b: v.string() })]),
    "titles and descriptions": v.object({
      a: v.pipe(v.string(), v.title("A"), v.description("The first")),
      b: v.pipe(v.string(), v.metadata({ title: "B", description: "The second" })),
    }),
    "pipes in pipes": v.pipe(v.pipe(v.string(), v.minLength(1)), v.maxLength(3)),
    "what is transformed afterwards": v.object({
      a: v.pipe(v.string(), v.minLength(1), v.transform(Number), v.minValue(5)),
      b: v.pipe(v.pipe(v.string(), v.transform(Number)), v.minValue(5)),
      c: v.pipe(v.string(), v.trim(), v.minLength(1), v.toLowerCase(), v.maxLength(5)),
      d: v.pipe(v.string(), v.decimal(), v.toNumber(), v.minValue(1)),
      e: v.pipe(v.string(), v.brand("E"), v.readonly(), v.minLength(1)),
    }),
    "checks in code": v.object({
      a: v.pipe(
        v.string(),
        v.check((text) => text !== "b"),
      ),
    }),
    "values that JSON has not": v.object({ at: v.date(), big: v.bigint(), by: v.string() }),
  }))
    test(what, () => assert.deepEqual(valibotJsonSchema(schema), told(schema)));

  test("what it does not know is any value, unless the program brings the converter", () => {
    const tuple = v.object({ pair: v.tuple([v.string(), v.number()]) });
    const pairOf = (schema: v.GenericSchema) => (payloadSchema(schema) as { properties: { pair: unknown } }).properties.pair;
    assert.deepEqual(pairOf(tuple), {});
    assert.deepEqual(pairOf(toStandardJsonSchema(tuple) as unknown as v.GenericSchema), told(tuple.entries.pair));
  });
});
