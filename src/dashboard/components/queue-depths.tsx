/**
 * Every queue with what waits and runs in it, and for how long.
 * @module
 */
import { withIdle } from "../../operate/idle-queues.ts";
import type { QueueStatus } from "../../operate/listing.ts";
import { capped, duration } from "../format.ts";
import type { PageContext } from "../page-context.ts";
import { Badge } from "./badge.tsx";
import { DepthBar } from "./depth-bar.tsx";
import { Empty, enqueueCommand } from "./empty.tsx";

export interface QueueDepthsProps {
  readonly context: PageContext;
  readonly queues: readonly QueueStatus[];
  readonly more: boolean;
}

export function QueueDepths({ context, queues: found, more }: QueueDepthsProps) {
  const { link } = context;
  const queues = more || found.length === 0 ? found : withIdle(found, context.definitions.values());
  const most = Math.max(...queues.map(({ ready, running }) => ready + running));
  return (
    <section class="panel" id="depths" data-live aria-labelledby="depths-title">
      <h2 id="depths-title">Queues</h2>
      {queues.length === 0 ? (
        <Empty title="Every queue is empty." command={enqueueCommand(context)}>
          Enqueue a job with the button above, or from the command line:
        </Empty>
      ) : (
        <ul class="depths">
          {queues.map(({ queue, ready, running, scheduled, oldestMs, pausedAt }) => (
            <li>
              <p>
                <a href={link("/waiting", { queue })}>{queue}</a> {pausedAt && <Badge state="paused" />}
                <span class="muted">{oldestMs === undefined ? "none waits" : `oldest waits ${duration(oldestMs)}`}</span>
              </p>
              <DepthBar ready={ready} running={running} most={most} />
              <p class="muted">
                {capped(ready)} ready · {capped(running)} running · {capped(scheduled)} scheduled
              </p>
            </li>
          ))}
        </ul>
      )}
      {more && (
        <p>
          <a href={link("/queues")}>All queues</a>
        </p>
      )}
    </section>
  );
}
