/**
 * A job's life as one bar: when it waited, and how each attempt ended.
 * @module
 */
import type { JobAttempt, JobStatus } from "../../job/jobs-client.ts";
import { duration } from "../format.ts";

const WIDTH = 1_000;

export function AttemptStrip({ job, now }: { readonly job: JobStatus; readonly now: number }) {
  const from = Date.parse(job.createdAt);
  const to = Math.max(from + 1, job.finishedAt === undefined ? now : Date.parse(job.finishedAt));
  const x = (iso: string) => ((Date.parse(iso) - from) / (to - from)) * WIDTH;
  const spans = job.attempts.flatMap((one) => (one.startedAt === undefined ? [] : [{ ...one, startedAt: one.startedAt }]));
  return (
    <svg
      class="strip"
      viewBox={`0 0 ${WIDTH} 20`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`${duration(to - from)} from enqueued to ${job.finishedAt ? "its end" : "now"}; the list below tells it`}
    >
      <rect class="track" x="0" y="8" width={WIDTH} height="4" />
      {spans.map((one) => (
        <Span outcome={one.outcome} from={x(one.startedAt)} to={x(one.finishedAt)} title={spanTitle(one)} />
      ))}
      {job.state === "running" && job.startedAt !== undefined && (
        <Span outcome="running" from={x(job.startedAt)} to={WIDTH} title="Running" />
      )}
    </svg>
  );
}

interface SpanProps {
  readonly outcome: string;
  readonly from: number;
  readonly to: number;
  readonly title: string;
}

/** Wide enough to be seen, also where it took no time beside the waiting. */
function Span({ outcome, from, to, title }: SpanProps) {
  const width = Math.max(6, to - from);
  return (
    <rect class={outcome} x={Math.min(from, WIDTH - width).toFixed(1)} y="2" width={width.toFixed(1)} height="16">
      <title>{title}</title>
    </rect>
  );
}

function spanTitle({ attempt, outcome, startedAt, finishedAt }: JobAttempt & { readonly startedAt: string }): string {
  return `Attempt ${attempt}: ${outcome} after ${duration(Date.parse(finishedAt) - Date.parse(startedAt))}`;
}
