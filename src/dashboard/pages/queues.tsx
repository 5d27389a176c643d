/**
 * The queues, with their levers.
 * @module
 */
import { withIdle } from "../../operate/idle-queues.ts";
import type { Page as ListPage, QueueStatus } from "../../operate/listing.ts";
import { Badge } from "../components/badge.tsx";
import { DataTable } from "../components/data-table.tsx";
import { DepthBar } from "../components/depth-bar.tsx";
import { Layout } from "../components/layout.tsx";
import { PageHead } from "../components/page-head.tsx";
import { Pager } from "../components/pager.tsx";
import { Post } from "../components/post.tsx";
import { Time } from "../components/time.tsx";
import { pageOf } from "../filters.ts";
import { capped, duration } from "../format.ts";
import type { Page, PageContext, Query } from "../page-context.ts";
import { show } from "../respond.ts";

const COLUMNS = [
  { label: "Queue" },
  { label: "State" },
  { label: "Depth" },
  { label: "Ready", numeric: true },
  { label: "Oldest waits", numeric: true },
  { label: "Running", numeric: true },
  { label: "Scheduled", numeric: true },
  { label: "Actions", numeric: true, silent: true },
];

export const queuesPage: Page = async (c, context) => {
  const query = c.req.query();
  const page = await context.operator.queues(pageOf(query));
  // Where there is more than a page, queues without jobs are left out: on which page they are would have to be looked up.
  const isOnly = query.cursor === undefined && page.cursor === undefined;
  const queues = isOnly ? withIdle(page.items, context.definitions.values()) : page.items;
  return show(c, <QueuesPage context={context} query={query} page={page} queues={queues} />);
};

interface QueuesProps {
  readonly context: PageContext;
  readonly query: Query;
  readonly page: ListPage<QueueStatus>;
  readonly queues: readonly QueueStatus[];
}

function QueuesPage({ context, query, page, queues }: QueuesProps) {
  const most = Math.max(...queues.map(({ ready, running }) => ready + running));
  return (
    <Layout frame={context} title="Queues" current="Queues">
      <PageHead title="Queues" />
      <p class="muted">Nothing of a paused queue is claimed; what runs goes on.</p>
      <DataTable
        id="queues"
        caption="Queues, by name"
        columns={COLUMNS}
        rows={queues.map((one) => cells(context, one, most))}
        empty="No job is defined."
      />
      <Pager context={context} path="/queues" query={query} page={page} older="More" />
    </Layout>
  );
}

function cells(context: PageContext, { queue, ready, running, scheduled, oldestMs, pausedAt }: QueueStatus, most: number) {
  const { link, now } = context;
  return [
    <a href={link("/", { queue })}>{queue}</a>,
    pausedAt ? (
      <>
        <Badge state="paused" /> <Time at={pausedAt} now={now} />
      </>
    ) : (
      <Badge state="alive" text="Open" />
    ),
    <DepthBar ready={ready} running={running} most={most} />,
    <a href={link("/waiting", { queue, state: "ready" })}>{capped(ready)}</a>,
    oldestMs === undefined ? undefined : duration(oldestMs),
    <a href={link("/running", { queue })}>{capped(running)}</a>,
    <a href={link("/waiting", { queue, state: "scheduled" })}>{capped(scheduled)}</a>,
    <div class="actions">
      {pausedAt ? (
        <Post context={context} action="/queues/resume" values={{ queue }} label="Resume" about={queue} />
      ) : (
        <Post context={context} action="/queues/pause" values={{ queue }} label="Pause" about={queue} />
      )}
    </div>,
  ];
}
