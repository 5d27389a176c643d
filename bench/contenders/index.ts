/**
 * Who takes part.
 * @module
 */
import type { Contender } from "./contender.ts";
import { graphileWorker } from "./graphile-worker.ts";
import { mayfly } from "./mayfly.ts";
import { pgBoss } from "./pg-boss.ts";

const CONTENDERS: Readonly<Record<string, Contender>> = { mayfly, "graphile-worker": graphileWorker, "pg-boss": pgBoss };

/** Their names. */
export const contenders = Object.keys(CONTENDERS);

/** The one of that name. */
export function contenderOf(name: string): Contender {
  const contender = CONTENDERS[name];
  if (!contender) throw new Error(`There is no contender ${JSON.stringify(name)}.`);
  return contender;
}
