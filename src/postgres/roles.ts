/**
 * Database roles, each granted what its kind of program needs.
 * @module
 */
import { MayflyError } from "../base/errors.ts";
import type { Driver } from "./driver/driver.ts";
import { explainDriverError } from "./schema-error.ts";
import * as statements from "./sql/statements.ts";

/**
 * What a role is for. A producer enqueues; a worker runs jobs and ticks; a viewer reads; an operator reads, retries, cancels, pauses,
 * clears. An app with an API, a dashboard and a cron trigger is a worker and an operator.
 */
export const ROLE_KINDS = ["producer", "worker", "viewer", "operator"] as const;
export type RoleKind = (typeof ROLE_KINDS)[number];

/** What is to be granted, and to whom. */
export interface RoleGrant {
  readonly kind: RoleKind;
  /** The name of a role that exists. */
  readonly role: string;
}

/**
 * From `kind=role`.
 * @throws `invalid_options`
 */
export function parseRoleGrant(text: string): RoleGrant {
  const [, kind, role] = /^(\w+)=(.+)$/.exec(text) ?? [];
  if (kind !== undefined && role !== undefined && (ROLE_KINDS as readonly string[]).includes(kind)) return { kind: kind as RoleKind, role };
  throw new MayflyError("invalid_options", `${JSON.stringify(text)} is no grant; write one as ${ROLE_KINDS.join("=<role> or ")}=<role>.`);
}

/**
 * Grants, or only says what would be granted. May be repeated; is to be, after a migration. Answers the statements.
 * @throws `permission_denied` where the connection's role does not own the schema, `DriverError` for a role that does not exist
 */
export async function grantRole(driver: Driver, { kind, role }: RoleGrant, { run = true } = {}): Promise<string[]> {
  try {
    const rows = await driver.query({ text: statements.grantRole, params: [kind, role, String(run)] });
    return rows.map(({ line }) => line ?? "");
  } catch (error) {
    throw explainDriverError(error);
  }
}
