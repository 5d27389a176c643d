/**
 * What the queue itself asked of the database.
 * @module
 */
import type { DayUsage as Usage } from "../../operate/usage.ts";
import { bytes, duration, number } from "../format.ts";

export function DayUsage({ usage }: { readonly usage: Usage }) {
  const facts = [
    ["Kept the database awake", duration(usage.awakeMs)],
    ["Round trips", `${number(usage.roundTrips)}, for ${number(usage.jobs)} jobs`],
    ["Carried", bytes(usage.bytes)],
    ["Waited for answers", duration(usage.ms)],
  ];
  return (
    <section class="panel" id="usage" data-live aria-labelledby="usage-title">
      <h2 id="usage-title">The queue's use of the database in a day</h2>
      <dl class="facts">
        {facts.map(([what, value]) => (
          <div>
            <dt>{what}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
