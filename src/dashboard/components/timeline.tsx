/**
 * What has happened to a job, in order.
 * @module
 */
import type { Child } from "hono/jsx";
import type { JobAttempt, JobStatus } from "../../job/jobs-client.ts";
import { duration, shortId } from "../format.ts";
import { titled } from "../outcomes.ts";
import type { PageContext } from "../page-context.ts";
import { Json } from "./json.tsx";
import { Scroll } from "./scroll.tsx";
import { Time } from "./time.tsx";

export function Timeline({ context, job }: { readonly context: PageContext; readonly job: JobStatus }) {
  const { link, now } = context;
  const live = job.finishedAt === undefined;
  return (
    <ol class="timeline">
      <Step state="enqueued" title="Enqueued" at={job.createdAt} now={now}>
        {job.createdBy && (
          <p class="muted">
            By <bdi>{job.createdBy}</bdi>
          </p>
        )}
        {job.retryOf && (
          <p>
            To run <a href={link(`/jobs/${job.retryOf}`)}>{shortId(job.retryOf)}</a> once more.
          </p>
        )}
      </Step>
      {job.attempts.map((attempt) => (
        <AttemptStep context={context} attempt={attempt} waits={job.state === "scheduled" && attempt === job.attempts.at(-1)} />
      ))}
      {live && job.state === "running" && (
        <Step state="running" title={`Attempt ${job.attempt} runs`} at={job.startedAt ?? job.runAt} now={now}>
          {job.workerId && <WorkerLine context={context} id={job.workerId} />}
        </Step>
      )}
      {live && job.state !== "running" && <Step state={job.state} title={waiting(job)} at={job.runAt} now={now} />}
      {job.cancelRequestedAt && (
        <Step state="cancelled" title="Asked to stop" at={job.cancelRequestedAt} now={now}>
          <p class="muted">Its handler's signal aborts within a heartbeat.</p>
        </Step>
      )}
      {job.retriedAs && (
        <li class="enqueued">
          <h3>Run once more</h3>
          <p>
            As <a href={link(`/jobs/${job.retriedAs}`)}>{shortId(job.retriedAs)}</a>.
          </p>
        </li>
      )}
    </ol>
  );
}

interface StepProps {
  readonly state: string;
  readonly title: string;
  readonly at: string;
  readonly now: number;
  readonly children?: Child;
}

function Step({ state, title, at, now, children }: StepProps) {
  return (
    <li class={state}>
      <h3>
        {title}{" "}
        <small>
          <Time at={at} now={now} />
        </small>
      </h3>
      {children}
    </li>
  );
}

interface AttemptStepProps {
  readonly context: PageContext;
  readonly attempt: JobAttempt;
  /** The next one is still to come. */
  readonly waits: boolean;
}

function AttemptStep({ context, attempt: one, waits }: AttemptStepProps) {
  const { attempt, outcome, startedAt, finishedAt, error, output, workerId, retryAt } = one;
  const took = startedAt === undefined ? "" : ` after ${duration(Date.parse(finishedAt) - Date.parse(startedAt))}`;
  const title = startedAt === undefined ? `${titled(outcome)} before it started` : `Attempt ${attempt}: ${outcome}${took}`;
  return (
    <Step state={outcome} title={title} at={finishedAt} now={context.now}>
      {workerId && <WorkerLine context={context} id={workerId} />}
      {error && (
        <p class="error-text">
          <b>{error.name}</b>: {error.message}
        </p>
      )}
      {error?.stack && (
        <details id={`stack-${attempt}-${Date.parse(finishedAt)}`}>
          <summary>Stack</summary>
          <Scroll class="code" label={`Stack of attempt ${attempt}`}>
            <pre>{error.stack}</pre>
          </Scroll>
        </details>
      )}
      {output !== undefined && (
        <details id={`output-${attempt}-${Date.parse(finishedAt)}`} open>
          <summary>Output</summary>
          <Json label={`Output of attempt ${attempt}`} value={output} hide={context.redact} />
        </details>
      )}
      {retryAt && (
        <p class="muted">
          {waits ? (
            <>
              Next attempt due <Time at={retryAt} now={context.now} />.
            </>
          ) : (
            `The next attempt was due ${dueAfter(finishedAt, retryAt)}.`
          )}
        </p>
      )}
    </Step>
  );
}

function dueAfter(finishedAt: string, retryAt: string): string {
  const ms = Date.parse(retryAt) - Date.parse(finishedAt);
  return ms <= 0 ? "at once" : `${duration(ms)} later`;
}

function WorkerLine({ context: { link }, id }: { readonly context: PageContext; readonly id: string }) {
  return (
    <p class="muted">
      On the worker{" "}
      <a class="id" href={link("/results", { worker: id })}>
        {shortId(id)}
      </a>
    </p>
  );
}

function waiting({ state, reason, attempt }: JobStatus): string {
  if (reason === "parked") return "Parked: no consumer that met it has its handler";
  if (reason === "throttled") return "Throttled: at its running limit";
  if (state === "scheduled") return attempt > 0 ? "Waits for its next attempt" : "Scheduled";
  return "Ready to be claimed";
}
