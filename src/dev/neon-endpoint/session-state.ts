/**
 * Statements that would leave something behind in a session: Neon's HTTP protocol has none, so the next request must not see it.
 * @module
 */
import type { WireQuery } from "./protocol.ts";

/** At the start of a statement, after comments. */
const STARTS =
  /^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*(?:begin|start|set|reset|prepare|listen|declare|load|create\s+(?:(?:global|local)\s+)?temp|select\b[\s\S]*\binto\s+temp)/i;
/** Anywhere. */
const CALLS = /\bset_config\s*\(|\bpg_(?:try_)?advisory_lock/i;

/** Whether one of them may do so. A function that does it inside is not seen. */
export function leavesSessionState(queries: readonly WireQuery[]): boolean {
  return queries.some(({ query }) => STARTS.test(query) || CALLS.test(query));
}
