/**
 * The names that Mayfly reads from the environment a runtime passes in. Platform globals are read by the adapters only.
 * @module
 */
import { MayflyError } from "../base/errors.ts";
import { LOCAL_NAME, secretOf, type Tokens } from "../http/auth.ts";

/** What Mayfly itself looks for in an environment; all of it optional. */
export interface MayflyEnvironment {
  /** Comma-separated tokens that may enqueue and read. Unset: none may. */
  readonly MAYFLY_PRODUCER_TOKENS?: string;
  /** Comma-separated tokens that may do everything. Unset: none may. */
  readonly MAYFLY_OPERATOR_TOKENS?: string;
  /** What a scheduler sends to start a tick, and can do nothing else with; the name is Vercel's. Unset: only an operator may. */
  readonly CRON_SECRET?: string;
  /** URL of a Neon-compatible SQL-over-HTTP endpoint, for a database that is not at Neon. Unset: only Neon's hosts are sent a connection string. */
  readonly MAYFLY_NEON_ENDPOINT?: string;
}

/** Characters of a token after its name. The right one is always let in, so nothing but its length keeps it from being guessed. */
const LEAST_SECRET = 8;

/**
 * The tokens in force in this environment.
 * @throws `invalid_config` for one that is too short to be a secret, as `ada:${UNSET}` makes it: then none is in force. CRON_SECRET, which only starts ticks, may be short
 */
export function tokensOf(env: unknown): Tokens {
  const tokens = readTokens(env);
  refuseBlanks("CRON_SECRET", tokens.scheduler);
  for (const [variable, list] of [
    ["MAYFLY_PRODUCER_TOKENS", tokens.producer],
    ["MAYFLY_OPERATOR_TOKENS", tokens.operator],
  ] as const) {
    refuseBlanks(variable, list);
    list.forEach((token, index) => {
      const { length } = secretOf(token);
      if (length >= LEAST_SECRET || token.startsWith(`${LOCAL_NAME}:`)) return;
      throw new MayflyError(
        "invalid_config",
        `Token ${index + 1} of ${variable} has a secret of ${length} characters; it takes ${LEAST_SECRET} or more, and should be 32 random ones, as "openssl rand -hex 16" makes them.`,
      );
    });
  }
  return tokens;
}

/** A token that no request can bear would be a door that seems to be there. */
function refuseBlanks(variable: string, list: readonly string[]): void {
  const index = list.findIndex((token) => /\s/.test(token));
  if (index < 0) return;
  throw new MayflyError(
    "invalid_config",
    `Token ${index + 1} of ${variable} holds a blank, which no Authorization header can carry. Make it without.`,
  );
}

function readTokens(env: unknown): Tokens {
  return {
    producer: list(env, "MAYFLY_PRODUCER_TOKENS"),
    operator: list(env, "MAYFLY_OPERATOR_TOKENS"),
    // One, as its platform sends it: a comma is part of it.
    scheduler: [text(env, "CRON_SECRET")?.trim() ?? ""].filter(Boolean),
  };
}

/** The SQL-over-HTTP endpoint set in this environment, if one is. */
export function neonEndpointOf(env: unknown): string | undefined {
  return text(env, "MAYFLY_NEON_ENDPOINT");
}

function list(env: unknown, name: keyof MayflyEnvironment): string[] {
  return (text(env, name) ?? "")
    .split(",")
    .map((token) => token.trim())
    .filter(Boolean);
}

function text(env: unknown, name: keyof MayflyEnvironment): string | undefined {
  const value = typeof env === "object" && env !== null ? (env as Record<string, unknown>)[name] : undefined;
  return typeof value === "string" && value !== "" ? value : undefined;
}
