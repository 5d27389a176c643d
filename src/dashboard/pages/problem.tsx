/**
 * Pages for what went wrong. They say what to do, and nothing of the inside.
 * @module
 */
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { type ErrorCode, isMayflyError } from "../../base/errors.ts";
import { Layout } from "../components/layout.tsx";
import { PageHead } from "../components/page-head.tsx";
import type { Frame } from "../page-context.ts";
import { show } from "../respond.ts";

interface Told {
  readonly status: ContentfulStatusCode;
  readonly title: string;
  readonly text: string;
  /** Where it may be instead. */
  readonly instead?: { readonly href: string; readonly label: string };
}

const TOLD: Partial<Record<ErrorCode, Told>> = {
  database_unreachable: {
    status: 503,
    title: "The database cannot be reached",
    text: "Nothing was done. Try again in a moment; if it stays so, look whether it is up and what DATABASE_URL says.",
  },
  database_reply_lost: {
    status: 503,
    title: "The database gave no answer",
    text: "What you asked for may have been done. Look before you ask again.",
  },
  schema_missing: {
    status: 503,
    title: "There is no queue in this database yet",
    text: "Its tables are missing. Run: npx mayfly migrate",
  },
  schema_too_new: {
    status: 503,
    title: "The database is newer than this program",
    text: "Deploy the version of Mayfly that migrated it.",
  },
  schema_differs: {
    status: 503,
    title: "The database was made by another program",
    text: "Its tables are not those of this version of Mayfly. Use a new database, or delete the local stack's folder .mayfly/.",
  },
  invalid_options: {
    status: 400,
    title: "That cannot be asked",
    text: "The address of this page is not one that Mayfly has made. Start again from the list.",
  },
};

const INTERNAL: Told = { status: 500, title: "Something went wrong", text: "The log of the server says what." };

/** The page for an error, and whether it is one to be logged. */
export function failed(c: Context, frame: Frame, error: unknown): { readonly response: Response; readonly internal: boolean } {
  const told = (isMayflyError(error) ? TOLD[error.code] : undefined) ?? INTERNAL;
  return { response: problem(c, frame, told), internal: told.status >= 500 };
}

export function notFound(c: Context, frame: Frame, text = "There is no such page.", instead?: Told["instead"]): Response {
  return problem(c, frame, { status: 404, title: "Not found", text, ...(instead ? { instead } : {}) });
}

/** A form that was not sent by a page of this session. */
export function refused(c: Context, frame: Frame): Response {
  const text = "This form is not of your present session, perhaps since you signed in again. Go back, reload the page and try once more.";
  return problem(c, frame, { status: 403, title: "Nothing was done", text });
}

export function problem(c: Context, frame: Frame, { status, title, text, instead }: Told): Response {
  return show(
    c,
    <Layout frame={frame} title={title}>
      <section class="narrow">
        <PageHead title={title} />
        <p>{text}</p>
        {instead && (
          <p>
            <a href={instead.href}>{instead.label}</a>
          </p>
        )}
        <p>
          <a class="button" href={frame.link("/")}>
            Back to the overview
          </a>
        </p>
      </section>
    </Layout>,
    status,
  );
}
