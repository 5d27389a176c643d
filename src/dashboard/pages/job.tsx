/**
 * One job: what it is, what has happened to it, and what can be done.
 * @module
 */
import type { Child } from "hono/jsx";
import { isUuid } from "../../base/ids.ts";
import type { JobStatus } from "../../job/jobs-client.ts";
import { AttemptStrip } from "../components/attempt-strip.tsx";
import { Badge } from "../components/badge.tsx";
import { Json } from "../components/json.tsx";
import { Layout } from "../components/layout.tsx";
import { PageHead } from "../components/page-head.tsx";
import { Post } from "../components/post.tsx";
import { Time } from "../components/time.tsx";
import { Timeline } from "../components/timeline.tsx";
import { momentOf } from "../moment.ts";
import { standing } from "../outcomes.ts";
import type { Page, PageContext } from "../page-context.ts";
import { show } from "../respond.ts";
import { notFound } from "./problem.tsx";

export const jobPage: Page = async (c, context) => {
  const id = c.req.param("id") ?? "";
  const job = isUuid(id) ? await context.jobs.get(id) : undefined;
  if (!job) {
    const worker = { href: context.link("/results", { worker: id }), label: "What a worker of this id has done" };
    return notFound(c, context, "There is no such job, or its results have been removed.", isUuid(id) ? worker : undefined);
  }
  return show(c, <JobPage context={context} job={job} />);
};

function JobPage({ context, job }: { readonly context: PageContext; readonly job: JobStatus }) {
  const { now } = context;
  const live = job.finishedAt === undefined;
  return (
    <Layout frame={context} title={`${job.name} ${job.id}`} current={live ? (job.state === "running" ? "Running" : "Waiting") : "Results"}>
      <PageHead title={job.name}>
        <div class="actions" id="actions" data-live>
          <Badge state={standing(job)} />
          {live ? <Cancel context={context} job={job} /> : <Retry context={context} job={job} />}
        </div>
      </PageHead>
      <p class="id whole">{job.id}</p>
      <section class="panel" id="life" data-live aria-labelledby="life-title">
        <h2 id="life-title">Attempts</h2>
        <AttemptStrip job={job} now={now} />
        <Timeline context={context} job={job} />
      </section>
      <div class="columns">
        <section class="panel" aria-labelledby="payload-title">
          <h2 id="payload-title">Payload</h2>
          <Json label="Payload as JSON" value={job.payload} hide={context.redact} />
        </section>
        <section class="panel" id="facts" data-live aria-labelledby="facts-title">
          <h2 id="facts-title">Facts</h2>
          <Facts context={context} job={job} />
        </section>
      </div>
    </Layout>
  );
}

function Facts({ context: { link, now }, job }: { readonly context: PageContext; readonly job: JobStatus }) {
  const facts: readonly (readonly [string, Child])[] = [
    ["Queue", <a href={link("/results", { queue: job.queue })}>{job.queue}</a>],
    ["Priority", job.priority],
    ["Attempts", `${job.attempt} of ${job.retries + 1}`],
    ["Key", job.concurrencyKey && <a href={link("/results", { key: job.concurrencyKey })}>{job.concurrencyKey}</a>],
    ["Due", <Time at={job.runAt} now={now} />],
    ["Created", <Time at={job.createdAt} now={now} />],
    ["Expires", job.expiresAt && <Time at={job.expiresAt} now={now} />],
    ["Enqueued by", job.createdBy && <a href={link("/results", { by: job.createdBy })}>{job.createdBy}</a>],
    ["From", job.source && <code>{job.source}</code>],
    ["Trace", job.traceparent && <code>{job.traceparent}</code>],
  ];
  return (
    <dl class="facts">
      {facts
        .filter(([, value]) => value !== undefined && value !== "")
        .map(([label, value]) => (
          <div>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

function Cancel({ context, job }: { readonly context: PageContext; readonly job: JobStatus }) {
  if (job.cancelRequestedAt) return <Badge state="cancelled" text="Stopping" />;
  return (
    <details class="ask" id="ask-cancel">
      <summary>Cancel…</summary>
      <div class="panel">
        <p>
          {job.state === "running"
            ? "Its handler is told to stop, and there is no other attempt."
            : "It will not run. This cannot be undone."}
        </p>
        <Post
          context={context}
          action={`/jobs/${job.id}/cancel`}
          values={{ moment: momentOf(job) }}
          label="Cancel this job"
          kind="danger"
        />
      </div>
    </details>
  );
}

function Retry({ context, job }: { readonly context: PageContext; readonly job: JobStatus }) {
  if (job.retriedAs) return <a href={context.link(`/jobs/${job.retriedAs}`)}>Retried</a>;
  return (
    <Post context={context} action={`/jobs/${job.id}/retry`} label="Retry" {...(job.state === "successful" ? {} : { kind: "primary" })} />
  );
}
