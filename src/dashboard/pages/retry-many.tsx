/**
 * How many jobs a retry of all that match would run, and which.
 * @module
 */
import type { ResultSummary } from "../../operate/listing.ts";
import { Badge } from "../components/badge.tsx";
import { Empty } from "../components/empty.tsx";
import { Layout } from "../components/layout.tsx";
import { PageHead } from "../components/page-head.tsx";
import { Post } from "../components/post.tsx";
import { many, number } from "../format.ts";
import { localLink, type PageContext, type Query } from "../page-context.ts";

export interface RetryManyProps {
  readonly context: PageContext;
  readonly query: Query;
  readonly items: readonly ResultSummary[];
  /** There are others beyond these. */
  readonly more: boolean;
}

export function RetryManyPage({ context, query, items, more }: RetryManyProps) {
  const back = localLink("/results", { ...query, cursor: undefined });
  const title = items.length === 0 ? "Nothing to retry" : `Retry ${many(items.length, "job")}?`;
  return (
    <Layout frame={context} title={title} current="Results">
      <section class="narrow panel">
        <PageHead title={title} />
        {items.length === 0 ? (
          <Empty title={more ? "None among those looked at." : "No job that has ended matches."}>
            <a href={context.link(back)}>Back to the results</a>
          </Empty>
        ) : (
          <>
            <p>Each runs once more, as a new job. Those that were retried before are left out.</p>
            <ul class="plain">
              {groups(items).map(([name, outcome, count]) => (
                <li>
                  <span>{name}</span> <Badge state={outcome} /> <b>{number(count)}</b>
                </li>
              ))}
            </ul>
            {more && <p class="muted">There are more; these are the latest. Ask again for the others.</p>}
            <div class="actions">
              <Post
                context={context}
                action="/results/retry"
                values={{ id: items.map(({ id }) => id).join(" "), back }}
                label={`Retry ${many(items.length, "job")}`}
                kind="primary"
              />
              <a class="button" href={context.link(back)}>
                Leave them
              </a>
            </div>
          </>
        )}
      </section>
    </Layout>
  );
}

/** What they are, by name and how they ended, the most first. */
function groups(items: readonly ResultSummary[]): [name: string, outcome: string, count: number][] {
  const counts = Map.groupBy(items, ({ name, outcome }) => JSON.stringify([name, outcome]));
  return [...counts]
    .map(([key, group]): [string, string, number] => [...(JSON.parse(key) as [string, string]), group.length])
    .sort((a, b) => b[2] - a[2]);
}
