/**
 * Counts wrong tokens by where they come from. The right token is always accepted: a count that could refuse it would let strangers lock operators out.
 * @module
 */
import type { Clock } from "../base/clock.ts";
import { hex, sha256 } from "../base/digest.ts";
import type { Logger } from "../base/logger.ts";

/** Kept in the database: a program that lives for a request remembers nothing. */
export interface SignIns {
  /** Counts a wrong token; false: too many came from there before it. */
  failed(address: string): Promise<boolean>;
  /** Ends the session of this id for good, wherever its cookie has been copied to. May be repeated. */
  end(session: string): Promise<void>;
  /** Whether that has happened. */
  isOver(session: string): Promise<boolean>;
}

/**
 * Counts a wrong token of the client at this address; false: too many came from there before it. Where no address is known all clients
 * share one count.
 */
export type CountWrongToken = (signIns: () => SignIns, address: () => string | undefined) => Promise<boolean>;

/** For how long the database is not asked about an address that was over its bound. */
const REMEMBERED_MS = 60_000;

export function wrongTokenCounter({ clock, logger }: { readonly clock: Pick<Clock, "now">; readonly logger: Logger }): CountWrongToken {
  const overUntil = new Map<string, number>();
  return async (signIns, address) => {
    try {
      const from = await nameOf(address() ?? "unknown");
      if ((overUntil.get(from) ?? 0) > clock.now()) return false;
      overUntil.delete(from);
      if (await signIns().failed(from)) return true;
      overUntil.set(from, clock.now() + REMEMBERED_MS);
      return false;
    } catch (error) {
      // The token is refused all the same.
      logger.warn("a wrong token could not be counted", { error });
      return true;
    }
  };
}

/**
 * One of 4,096 names, which does not tell the address, and keeps what is remembered small, however many addresses a client has. Two that
 * share a name share a count, and lose nothing by it but the reason why a wrong token is refused.
 */
async function nameOf(address: string): Promise<string> {
  return hex(await sha256(`mayfly client ${networkOf(address)}`)).slice(0, 3);
}

/** What one client cannot change: of an IPv6 address the first half. */
function networkOf(address: string): string {
  if (!address.includes(":")) return address;
  // An IPv4 address as a socket of both kinds tells it.
  if (address.includes(".")) return address.slice(address.lastIndexOf(":") + 1);
  const [head = "", tail] = address.toLowerCase().split("::");
  const [before, after] = [head, tail ?? ""].map((part) => part.split(":").filter(Boolean)) as [string[], string[]];
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  const groups = [...before, ...Array.from({ length: zeros }, () => "0"), ...after];
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":");
}
