/**
 * What every page is given: where it is, who asks, and the two clients that answer.
 * @module
 */

import type { Context } from "hono";
import type { JobDefinition } from "../job/job-definition.ts";
import type { JobsClient } from "../job/jobs-client.ts";
import type { OperatorClient } from "../operate/operator-client.ts";
import type { ScheduleEntry } from "../schedule/schedule.ts";
import type { LedgerStatus } from "../wake/status.ts";
import type { Flash } from "./flash.ts";
import type { Session } from "./session.ts";

/** Parts of a query; what is undefined or empty is left out. */
export type Query = Readonly<Record<string, string | undefined>>;

/** What the frame of a page needs, also where nobody has signed in. */
export interface Frame {
  /** The URL of a page of this dashboard, wherever it is mounted. */
  readonly link: (path: string, query?: Query) => string;
  readonly session?: Session;
  readonly flash?: Flash;
}

/** One request of an operator. */
export interface PageContext extends Frame {
  readonly session: Session;
  /** Milliseconds since the epoch, as this program has them. */
  readonly now: number;
  readonly jobs: JobsClient;
  readonly operator: OperatorClient;
  /** How the wake ledger stands; undefined: there is none that can be asked. */
  ledger(): Promise<LedgerStatus | undefined>;
  readonly definitions: ReadonlyMap<string, JobDefinition>;
  readonly application: string;
  readonly schedules: readonly ScheduleEntry[];
  /** Names of properties whose values are not shown, in lower case. */
  readonly redact: ReadonlySet<string>;
}

/** Answers a request with a page, or an action with where to go on. */
export type Page = (c: Context, context: PageContext) => Promise<Response>;

/** A page of the dashboard, wherever that is mounted. */
export const localLink: Frame["link"] = (path, query) => linksFrom("/")(path, query);

/** Links under a base path, "/" or "/mayfly". */
export function linksFrom(base: string): Frame["link"] {
  const root = base.replace(/\/+$/, "");
  return (path, query = {}) => {
    const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== "");
    const search = new URLSearchParams(given).toString();
    return `${path === "/" && root ? root : root + path}${search ? `?${search}` : ""}`;
  };
}
