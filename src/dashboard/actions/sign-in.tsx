/**
 * Signing in and out.
 * @module
 */
import type { Context } from "hono";
import { basePath } from "hono/route";
import { identify, type Tokens } from "../../http/auth.ts";
import type { Frame, Page } from "../page-context.ts";
import { ClosedPage, SignInPage } from "../pages/sign-in.tsx";
import { field, localPath, show } from "../respond.ts";
import { closeSession, isLocal, isPlain, openSession } from "../session.ts";

export interface Door {
  readonly frame: Frame;
  readonly tokens: Tokens;
  readonly now: number;
  /** Counts a wrong token; false: too many came from there before it. */
  readonly countWrong: () => Promise<boolean>;
}

/** The form, or that it is of no use. */
export function askForToken(c: Context, { frame, tokens }: Door): Response {
  if (tokens.operator.length === 0) return show(c, <ClosedPage frame={frame} />, 403);
  return show(c, <SignInPage frame={frame} next={localPath(c.req.query("next"))} local={isLocal(c)} plain={isPlain(c)} />);
}

export async function signIn(c: Context, { frame, tokens, now, countWrong }: Door): Promise<Response> {
  if (tokens.operator.length === 0) return show(c, <ClosedPage frame={frame} />, 403);
  const next = localPath(await field(c, "next"));
  const again = (status: 401 | 429, problem: string) =>
    show(c, <SignInPage frame={frame} next={next} local={isLocal(c)} plain={isPlain(c)} problem={problem} />, status);
  const token = (await field(c, "token")).trim();
  if (token === "") return again(401, "Type the token.");
  const identity = await identify(token, tokens, c.req.url);
  if (!identity) {
    if (await countWrong()) return again(401, "That token is not one of those in force.");
    c.header("retry-after", "900");
    return again(429, "That token is not one of those in force, and too many wrong ones came from where you are. The right one opens it.");
  }
  if (identity.role !== "operator") return again(401, `That token is a ${identity.role}'s; the dashboard takes an operator's.`);
  await openSession(c, basePath(c), token, now);
  return c.redirect(frame.link(next ?? "/"), 303);
}

export const signOut: Page = async (c, context) => {
  await context.operator.signIns.end(context.session.id);
  closeSession(c, basePath(c));
  return c.redirect(context.link("/sign-in"), 303);
};
