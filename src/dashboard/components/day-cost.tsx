/**
 * What the queue itself asked of the database.
 * @module
 */
import type { DayUsage as Usage } from "../../operate/usage.ts";
import { bytes, duration, number } from "../format.ts";

export function DayUsage({ cost }: { readonly cost: Usage }) {
  const facts = [
    ["Kept the database awake", duration(cost.awakeMs)],
    ["Round trips", `${number(cost.roundTrips)}, for ${number(cost.jobs)} jobs`],
    ["Carried", bytes(cost.bytes)],
    ["Waited for answers", duration(cost.ms)],
  ];
  return (
    <section class="panel" id="cost" data-live aria-labelledby="cost-title">
      <h2 id="cost-title">What the queue cost in a day</h2>
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
