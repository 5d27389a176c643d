/**
 * What can go wrong between a Worker and its Durable Objects, as a test says it.
 */

/** Of a message: it does not arrive; it does, and its sender hears nothing; it arrives twice; or only once other faults hold. */
export type Fate = "lost" | "unanswered" | "doubled" | "late";

export interface Faults {
  /** By verb; `start` is a lane's. */
  readonly fates?: Partial<Record<"wake" | "settle" | "due" | "start", Fate>>;
  /** No alarm that the ledger sets comes. */
  readonly alarms?: "lost";
  /** So far ahead is the ledger's clock. */
  readonly clockMs?: number;
  /** Its object throws, cannot be made, or its binding is none. */
  readonly ledger?: "throws" | "unmade" | "unbound";
}
