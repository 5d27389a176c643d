/**
 * Errors on the wire: RFC 9457.
 * @module
 */
import * as v from "valibot";

/** `ProblemDetails`; codes may be added, none is renamed. */
export const problem = v.object({
  type: v.literal("about:blank"),
  title: v.string(),
  status: v.number(),
  detail: v.string(),
  code: v.pipe(v.string(), v.description("What happened; stable.")),
  problems: v.exactOptional(v.array(v.object({ path: v.array(v.union([v.string(), v.number()])), message: v.string() }))),
});
