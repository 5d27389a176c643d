/**
 * Whom a connection string may be sent to over HTTP: Neon, and an endpoint that was given. Nobody else.
 * @module
 */
import { MayflyError } from "../../base/errors.ts";

/** Where a database is asked over HTTP. */
export interface NeonAddress {
  /** URL that requests are sent to. */
  readonly endpoint: string;
  /** As every request names the database. */
  readonly connectionString: string;
  readonly password: string;
}

/**
 * Reads a connection string once, as Neon's client does, which is as an `http:` URL: two readings could name two hosts.
 * @param endpoint default: the one of the database's host, which must be Neon's
 * @throws `invalid_config`
 */
export function neonAddress(url: string, endpoint: string | undefined): NeonAddress {
  const database = parseUrl(url);
  if (endpoint === undefined) checkHost(database);
  else checkEndpoint(endpoint);
  const { hostname, password, searchParams } = database;
  if (!searchParams.has("application_name")) searchParams.append("application_name", "mayfly");
  return {
    endpoint: endpoint ?? `https://${hostname.replace(/^[^.]+/, "api")}/sql`,
    connectionString: database.href.replace("http:", "postgresql:"),
    password,
  };
}

/** Whether this connection string names one of Neon's hosts, by the reading of `neonAddress`. */
export function isNeonUrl(url: string): boolean {
  const asHttp = readAsHttp(url);
  return asHttp !== undefined && isNeonHost(asHttp.hostname);
}

/** Neon's hosts, the only ones whose own endpoint may be sent a connection string. */
export function isNeonHost(hostname: string): boolean {
  return /^([a-z0-9-]+\.)+neon\.tech$/i.test(hostname);
}

function readAsHttp(url: string): URL | undefined {
  const given = URL.canParse(url) ? new URL(url).href : "";
  const asHttp = given.replace(/^postgres(ql)?:/, "http:");
  return asHttp !== given && URL.canParse(asHttp) ? new URL(asHttp) : undefined;
}

function parseUrl(url: string): URL {
  const parsed = readAsHttp(url);
  if (!parsed?.username || parsed.pathname.length < 2) throw malformed();
  return parsed;
}

/** A connection string of another form, or one that would be read wrong; nothing of it is shown. */
export function malformed(): MayflyError {
  return new MayflyError(
    "invalid_config",
    "The database's connection string does not have the form postgresql://user:password@host/database. In a password, @ / ? # are written %40 %2F %3F %23.",
  );
}

function checkHost({ hostname, pathname, search, hash }: URL): void {
  if (isNeonHost(hostname)) return;
  // A password with an unencoded "/" ends up here, and what looks like the host may be a part of it.
  if (`${pathname}${search}${hash}`.includes("@")) throw malformed();
  throw new MayflyError(
    "invalid_config",
    `${hostname} is not one of Neon's hosts, so its connection string was sent nowhere. Use the driver pg, database: (env) => pg(new Pool({ connectionString: env.DATABASE_URL })), or, for an endpoint that speaks Neon's SQL over HTTP, set MAYFLY_NEON_ENDPOINT or the option endpoint.`,
  );
}

function checkEndpoint(endpoint: string): void {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url && /^https?:$/.test(url.protocol) && !url.username && !url.password) return;
  // It may be a connection string that was put in the wrong place.
  throw new MayflyError(
    "invalid_config",
    "MAYFLY_NEON_ENDPOINT, or the option endpoint, does not have the form https://host/sql, without user and password.",
  );
}
