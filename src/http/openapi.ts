/**
 * The API's description of itself: OpenAPI 3.1, from the route table and the jobs that are defined.
 * @module
 */
import type * as v from "valibot";
import type { JobDefinition } from "../job/job-definition.ts";
import { payloadSchema } from "./payload-schema.ts";
import { type Route, routeList } from "./route-table.ts";
import { jobOptions } from "./schemas/enqueue.ts";
import { problem } from "./schemas/problem.ts";
import { valibotJsonSchema } from "./valibot-json-schema.ts";

type Json = Record<string, unknown>;

const PROBLEM = { $ref: "#/components/responses/Problem" };
const JOB = { $ref: "#/components/schemas/Job" };

/** The document. `definitions` may hold a job under several names. */
export function describeApi(definitions: ReadonlyMap<string, JobDefinition>): Json {
  const paths: Record<string, Json> = {};
  for (const route of routeList) {
    const path = route.path.replace(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: "3.1.1",
    info: { title: "Mayfly", version: "1", description: "A job queue on Postgres." },
    // Relative to this document: the app may be mounted under a path.
    servers: [{ url: "." }],
    paths,
    components: {
      schemas: {
        Job: { oneOf: [...definitions].map(([name, definition]) => jobSchema(name, definition)) },
        Problem: valibotJsonSchema(problem),
      },
      responses: {
        Problem: {
          description: "What went wrong, with a stable code",
          content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
        },
      },
      securitySchemes: { token: { type: "http", scheme: "bearer", description: "A producer's, an operator's or a scheduler's token." } },
    },
  };
}

function operation(route: Route): Json {
  const {
    operation: operationId,
    summary,
    roles,
    params,
    query,
    headers = {},
    body,
    noBody,
    checksBody,
    answer,
    media = "application/json",
    created,
  } = route;
  const answers = { description: "Done", content: { [media]: { schema: valibotJsonSchema(answer) } } };
  const parameters = [
    ...Object.entries(params?.entries ?? {}).map(([name, schema]) => parameter("path", name, schema, true)),
    ...Object.entries(query?.entries ?? {}).map(([name, schema]) => parameter("query", name, schema, false)),
    ...Object.entries(headers).map(([name, schema]) => parameter("header", name, schema, false)),
  ];
  return {
    operationId,
    summary,
    ...(roles ? { description: `For ${roles.join(" and ")}.`, security: [{ token: [] }] } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body
      ? {
          requestBody: {
            required: !noBody,
            content: { "application/json": { schema: checksBody ? enqueueBody() : valibotJsonSchema(body) } },
          },
        }
      : {}),
    responses: { 200: answers, ...(created ? { 201: { ...answers, description: "Enqueued" } } : {}), default: PROBLEM },
  };
}

function parameter(place: string, name: string, schema: v.GenericSchema, required: boolean): Json {
  return { in: place, name, required, schema: valibotJsonSchema("wrapped" in schema ? (schema.wrapped as v.GenericSchema) : schema) };
}

/** `schemas/enqueue.ts` says so too, of jobs in general. */
function enqueueBody(): Json {
  const jobs = { type: "array", minItems: 1, maxItems: 1_000, items: JOB };
  return { oneOf: [JOB, { type: "object", properties: { jobs }, required: ["jobs"], additionalProperties: false }] };
}

function jobSchema(name: string, { schema }: JobDefinition): Json {
  const options = Object.entries(jobOptions).map(([option, { wrapped }]) => [option, valibotJsonSchema(wrapped)]);
  const { $schema: _, ...told } = payloadSchema(schema) ?? {};
  // Its own references start from itself.
  const payload = "$defs" in told ? { $id: `urn:mayfly:payload:${encodeURIComponent(name)}`, ...told } : told;
  const properties = { name: { const: name }, payload, ...Object.fromEntries(options) };
  return { type: "object", title: name, properties, required: ["name"], additionalProperties: false };
}
