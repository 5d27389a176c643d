/**
 * The frame of every page: head, header with navigation and search, what the last action said, the page itself.
 * @module
 */
import type { Child } from "hono/jsx";
import { assets } from "../assets.ts";
import type { Frame } from "../page-context.ts";
import { Notice } from "./notice.tsx";

const NAVIGATION = [
  ["Overview", "/"],
  ["Waiting", "/waiting"],
  ["Running", "/running"],
  ["Results", "/results"],
  ["Workers", "/workers"],
  ["Schedules", "/schedules"],
  ["Queues", "/queues"],
] as const;

/** In the order in which they build on each other. */
const STYLES = [assets.base, assets.controls, assets.data, assets.lists];

export interface LayoutProps {
  readonly frame: Frame;
  readonly title: string;
  /** The navigation's entry that this page is, or belongs to. */
  readonly current?: string;
  readonly children?: Child;
}

export function Layout({ frame, title, current, children }: LayoutProps) {
  const { link, session, flash } = frame;
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${title} · Mayfly`}</title>
        <link rel="icon" type="image/svg+xml" href={link(`/assets/${assets.icon.file}`)} />
        {STYLES.map(({ file }) => (
          <link rel="stylesheet" href={link(`/assets/${file}`)} />
        ))}
        <script src={link(`/assets/${assets.refresh.file}`)} defer></script>
      </head>
      <body>
        <a class="skip" href="#main">
          Skip to the content
        </a>
        <header class="top">
          <div class="bar">
            <a class="brand" href={link("/")}>
              <img src={link(`/assets/${assets.icon.file}`)} alt="" width="24" height="24" />
              Mayfly
            </a>
            {session && <Tools frame={frame} csrf={session.csrf} who={session.name} />}
          </div>
          {session && (
            <nav class="tabs" aria-label="Main">
              {NAVIGATION.map(([label, path]) => (
                <a href={link(path)} {...(label === current ? { "aria-current": "page" } : {})}>
                  {label}
                </a>
              ))}
            </nav>
          )}
        </header>
        <main id="main" tabindex={-1}>
          {flash && <Notice flash={flash} link={link} />}
          {children}
        </main>
      </body>
    </html>
  );
}

function Tools({ frame: { link }, csrf, who }: { readonly frame: Frame; readonly csrf: string; readonly who: string }) {
  return (
    <>
      <search class="search">
        <form action={link("/search")} method="get">
          <label class="hidden" for="search">
            Find a job by its id, or jobs by their key
          </label>
          <input id="search" type="search" name="q" placeholder="Job id or key" autocomplete="off" spellcheck={false} />
        </form>
      </search>
      <button class="quiet live" type="button" data-live-toggle aria-pressed="true" hidden>
        Live
      </button>
      <a class="button primary" href={link("/enqueue")}>
        Enqueue
      </a>
      <form class="sign-out" method="post" action={link("/sign-out")}>
        <input type="hidden" name="csrf" value={csrf} />
        <button class="quiet" type="submit" title={`Signed in as ${who}`}>
          Sign out
        </button>
      </form>
    </>
  );
}
