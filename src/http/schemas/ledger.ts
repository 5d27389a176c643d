/**
 * What the wake ledger is told by programs that reach it over HTTP.
 * @module
 */
import * as v from "valibot";
import { count, text } from "./fields.ts";

const deployment = v.strictObject({ application: text, version: text });
const ms = v.pipe(v.number(), v.minValue(0));
const lease = v.strictObject({ consumer: text, forMs: ms });
const end = v.picklist(["unreachable", "refused", "written", "nothing"]);
const finding = v.strictObject({
  nextInMs: v.nullable(ms),
  left: v.boolean(),
  claimed: count,
  busyMs: v.nullable(ms),
  slots: count,
  deployment: v.nullable(deployment),
});

/** One of them. */
export const ledgerBody = v.strictObject({
  wake: v.exactOptional(v.strictObject({ written: v.boolean(), ready: count, dueInMs: v.nullable(ms), lease: v.nullable(lease) })),
  settle: v.exactOptional(v.strictObject({ consumer: text, epoch: v.number(), end: v.union([finding, end]) })),
  due: v.exactOptional(v.strictObject({ lease, deployment })),
});

export const ledgerAnswer = v.object({ epoch: v.exactOptional(v.number()), look: v.exactOptional(v.boolean()) });
