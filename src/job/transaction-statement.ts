/**
 * The statements of a transaction that the client runs.
 * @module
 */

/**
 * A statement of your own with $1, $2 and so on, and its parameters: as a pair, or as Drizzle's `toSQL()`, Kysely's `compile()` and Knex's `toSQL().toNative()`
 * make it. A parameter becomes what `pg` would make of it, a date in UTC.
 */
export type TransactionStatement =
  | readonly [text: string, params?: readonly unknown[]]
  | {
      readonly sql: string;
      readonly params?: readonly unknown[];
      readonly parameters?: readonly unknown[];
      readonly bindings?: readonly unknown[];
    };
