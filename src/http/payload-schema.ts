/**
 * The JSON Schema of a job's payload, where its validator can tell it.
 * @module
 */
import type * as v from "valibot";
import type { JobDefinition } from "../job/job-definition.ts";
import { valibotJsonSchema } from "./valibot-json-schema.ts";

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
    const told =
      standard?.jsonSchema?.input({ target: TARGET }) ??
      (standard?.vendor === "valibot" ? valibotJsonSchema(schema as unknown as v.GenericSchema) : undefined);
    return typeof told === "object" && told !== null && !Array.isArray(told) ? (told as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
