/**
 * The JSON Schema of a job's payload, where its validator can tell it.
 * @module
 */
import { toJsonSchema } from "@valibot/to-json-schema";
import type * as v from "valibot";
import type { JobDefinition } from "../job/job-definition.ts";

const TARGET = "draft-2020-12";

/** What validators that implement Standard JSON Schema add to a Standard Schema. */
interface TellsJsonSchema {
  readonly vendor: string;
  readonly jsonSchema?: { input(options: { readonly target: string }): unknown };
}

/** Undefined where it cannot. */
export function payloadSchema(schema: JobDefinition["schema"]): Record<string, unknown> | undefined {
  const standard: TellsJsonSchema | undefined = schema?.["~standard"];
  try {
    const told = standard?.jsonSchema?.input({ target: TARGET }) ?? (standard?.vendor === "valibot" ? ofValibot(schema) : undefined);
    return typeof told === "object" && told !== null && !Array.isArray(told) ? (told as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** valibot leaves telling to its converter, which the API's own description is made with, too. Checks in code are left out, as by zod. */
function ofValibot(schema: unknown): unknown {
  return toJsonSchema(schema as v.GenericSchema, { target: TARGET, typeMode: "input", errorMode: "ignore" });
}
