/**
 * Counting failed sign-ins, so that nobody can guess a token.
 * @module
 */

/** Counted in the database: a program that lives for a request remembers nothing. */
export interface SignIns {
  /** Whether this address may try now. The try counts as failed until it has succeeded, so that many at once gain nothing. */
  mayTry(address: string): Promise<boolean>;
  succeeded(address: string): Promise<void>;
}
