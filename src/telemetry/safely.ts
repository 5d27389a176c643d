/**
 * The SDK is the user's, and may throw: in a span processor, a sampler, an instrument. No call of the queue's own fails for that.
 * @module
 */
import { diag } from "@opentelemetry/api";

/** Calls into the SDK. What it throws goes to OpenTelemetry's own diagnostics, and the answer is undefined. */
export function safely<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    try {
      diag.error("mayfly: not recorded", error);
    } catch {
      // The log for it is the user's, too.
    }
    return undefined;
  }
}
