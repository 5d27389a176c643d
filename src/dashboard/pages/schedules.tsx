/**
 * Jobs that enqueue themselves.
 * @module
 */
import { createIdSource } from "../../base/ids.ts";
import type { JsonValue } from "../../base/json-value.ts";
import type { ScheduleStatus } from "../../operate/operator-client.ts";
import { Badge } from "../components/badge.tsx";
import { DataTable } from "../components/data-table.tsx";
import { Empty } from "../components/empty.tsx";
import { Layout } from "../components/layout.tsx";
import { PageHead } from "../components/page-head.tsx";
import { Post } from "../components/post.tsx";
import { None, Time } from "../components/time.tsx";
import type { Page, PageContext } from "../page-context.ts";
import { show } from "../respond.ts";

const COLUMNS = [
  { label: "Schedule" },
  { label: "State" },
  { label: "When" },
  { label: "Job" },
  { label: "Next", numeric: true },
  { label: "Last", numeric: true },
  { label: "Actions", numeric: true, silent: true },
];

export const schedulesPage: Page = async (c, context) =>
  show(c, <SchedulesPage context={context} schedules={await context.operator.schedules()} />);

function SchedulesPage({ context, schedules }: { readonly context: PageContext; readonly schedules: readonly ScheduleStatus[] }) {
  const announced = new Set(schedules.filter(({ application }) => application === context.application).map(({ name }) => name));
  const newId = createIdSource({ now: () => context.now });
  const waiting = context.schedules.filter(({ name }) => !announced.has(name));
  return (
    <Layout frame={context} title="Schedules" current="Schedules">
      <PageHead title="Schedules" />
      <DataTable
        id="schedules"
        caption="Schedules, by application and name"
        columns={COLUMNS}
        rows={schedules.map((one) => cells(context, one, newId()))}
        empty={
          <Empty title="No schedule has been announced." command='schedules: [schedule("nightly", "0 3 * * *", report)]'>
            List them in createMayfly; the first tick after a deployment announces them:
          </Empty>
        }
      />
      {waiting.length > 0 && <p class="muted">The next tick announces {waiting.map(({ name }) => name).join(", ")}.</p>}
    </Layout>
  );
}

/** `runId` is of the job that a click enqueues: it goes in once, however often this very button is pressed. */
function cells(context: PageContext, schedule: ScheduleStatus, runId: string) {
  const { application, name, nextAt, lastAt, lastJobId, pausedAt, definition } = schedule;
  const { link, now } = context;
  const own = application === context.application;
  const known = own && context.schedules.some((entry) => entry.name === name);
  const told = describe(definition);
  const values = { application, name };
  return [
    <>
      <b>{name}</b>
      {!own && <span class="muted"> of {application}</span>}
    </>,
    pausedAt ? <Badge state="paused" /> : <Badge state="alive" text="On" />,
    <>
      <code>{told.when}</code> {told.timezone && <span class="muted">{told.timezone}</span>}
    </>,
    told.job === undefined ? <None /> : <a href={link("/results", { name: told.job })}>{told.job}</a>,
    pausedAt ? <None text="paused" /> : <Time at={nextAt} now={now} />,
    lastJobId === undefined ? (
      <Time at={lastAt} now={now} />
    ) : (
      <a href={link(`/jobs/${lastJobId}`)}>
        <Time at={lastAt} now={now} />
      </a>
    ),
    <div class="actions">
      {known && <Post context={context} action="/schedules/run" values={{ name, id: runId }} label="Run now" about={name} />}
      {pausedAt ? (
        <Post context={context} action="/schedules/resume" values={values} label="Resume" about={name} />
      ) : (
        <Post context={context} action="/schedules/pause" values={values} label="Pause" about={name} />
      )}
    </div>,
  ];
}

/** What its deployment announced, as far as it is understood here: it may be of another version. */
function describe(definition: JsonValue): {
  readonly when: string;
  readonly timezone: string | undefined;
  readonly job: string | undefined;
} {
  const fields = typeof definition === "object" && definition !== null && !Array.isArray(definition) ? Object.entries(definition) : [];
  const text = (name: string) => {
    const [, value] = fields.find(([field]) => field === name) ?? [];
    return typeof value === "string" ? value : undefined;
  };
  return { when: text("when") ?? "unknown", timezone: text("timezone"), job: text("job") };
}
