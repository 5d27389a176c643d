/**
 * The JSON Schema of a job's payload, where its validator can tell it.
 * @module
 */
import type { JobDefinition } from "../core/job-definition.ts";

/** What validators that implement Standard JSON Schema add to a Standard Schema. */
interface TellsJsonSchema {
  readonly jsonSchema?: { input(options: { readonly target: string }): Record<string, unknown> };
}

/** An empty schema where it cannot: anything. */
export function payloadSchema(name: string, schema: JobDefinition["schema"]): Record<string, unknown> {
  try {
    const { $schema: _, ...told } =
      (schema?.["~standard"] as TellsJsonSchema | undefined)?.jsonSchema?.input({ target: "draft-2020-12" }) ?? {};
    // Its own references start from itself.
    return "$defs" in told ? { $id: `urn:mayfly:payload:${encodeURIComponent(name)}`, ...told } : told;
  } catch {
    return {};
  }
}
