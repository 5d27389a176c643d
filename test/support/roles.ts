/**
 * Database roles that a test makes, connects as, and throws away.
 * @module
 */
import { randomUUID } from "node:crypto";
import { grantRole, type RoleKind } from "../../src/postgres/roles.ts";
import { openDatabase, type TestDatabase } from "./database.ts";

/** Uses a role that was granted what its kind needs, over connections of its own. */
export async function as(owner: TestDatabase, kind: RoleKind | "nothing", use: (role: TestDatabase, name: string) => Promise<void>) {
  const name = `${kind}_${randomUUID().slice(0, 8)}`;
  await owner.sql(`create role ${name} login`);
  if (kind !== "nothing") await grantRole(owner.driver, { kind, role: name });
  const role = openDatabase(Object.assign(new URL(owner.url), { username: name }).href, 3);
  try {
    await use(role, name);
  } finally {
    await role.close();
    await owner.sql(`drop owned by ${name}`);
    await owner.sql(`drop role ${name}`);
  }
}

const TRY = `create function pg_temp.refused(texts text[]) returns boolean[] language plpgsql as $$
  declare
    answer boolean[] := '{}';
    one text;
  begin
    foreach one in array texts loop
      begin
        execute one;
        raise exception 'undo';
      exception
        when insufficient_privilege then answer := answer || true;
        when others then answer := answer || false;
      end;
    end loop;
    return answer;
  end $$`;

/** Which of these Postgres refuses for want of a privilege. Each is tried, and undone. */
export async function refusals(role: TestDatabase, texts: readonly string[]): Promise<Set<string>> {
  const client = await role.pool.connect();
  try {
    await client.query(TRY);
    const { rows } = await client.query<{ answer: boolean[] }>("select pg_temp.refused($1) as answer", [texts]);
    return new Set(texts.filter((_, nth) => rows[0]?.answer[nth]));
  } finally {
    client.release(true);
  }
}
