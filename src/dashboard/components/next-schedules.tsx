/**
 * The schedules that fire next.
 * @module
 */
import type { ScheduleStatus } from "../../operate/operator-client.ts";
import type { PageContext } from "../page-context.ts";
import { Badge } from "./badge.tsx";
import { Empty } from "./empty.tsx";
import { Time } from "./time.tsx";

const FEW = 6;

export function NextSchedules({
  context: { link, now },
  schedules,
}: {
  readonly context: PageContext;
  readonly schedules: readonly ScheduleStatus[];
}) {
  const next = schedules
    .filter(({ nextAt }) => nextAt !== undefined)
    .toSorted((a, b) => Date.parse(a.nextAt ?? "") - Date.parse(b.nextAt ?? ""))
    .slice(0, FEW);
  return (
    <section class="panel" id="next" data-live aria-labelledby="next-title">
      <h2 id="next-title">Next schedules</h2>
      {next.length === 0 ? (
        <Empty title="Nothing is scheduled.">Schedules are listed in createMayfly; the first tick after a deployment announces them.</Empty>
      ) : (
        <ul class="plain">
          {next.map(({ name, nextAt, pausedAt }) => (
            <li>
              <a href={link("/schedules")}>{name}</a> {pausedAt ? <Badge state="paused" /> : <Time at={nextAt} now={now} />}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
