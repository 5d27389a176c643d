/**
 * A long run under mixed load: `npm run soak -- --minutes 30`. Ends with 1 if anything has grown by more than a tenth since a fifth of the time.
 * With `--write` the figures go into docs/guarantees.md, and the plot into docs/images/soak.svg.
 * @module
 */
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { growthOf } from "../test/soak/growth.ts";
import { plot } from "../test/soak/plot.ts";
import { MEASURES, type Measure } from "../test/soak/samples.ts";
import { soak } from "../test/soak/soak.ts";
import { fillPage } from "../test/support/fill-page.ts";

const { values } = parseArgs({ options: { minutes: { type: "string", default: "30" }, write: { type: "boolean", default: false } } });
const minutes = Number(values.minutes);
const names = Object.keys(MEASURES) as Measure[];

const megabytes = (value: number) => `${(value / 2 ** 20).toFixed(1)} MiB`;
const whole = (value: number) => value.toFixed(0);
const SHOW: Partial<Record<Measure, (value: number) => string>> = {
  "bytes of moving tables": megabytes,
  "bytes of moving indexes": megabytes,
  "worker's memory": megabytes,
  "worker's heap": megabytes,
};
/** Below these, noise is larger than a tenth. */
const LEAST: Partial<Record<Measure, number>> = {
  "live jobs": 100,
  "bytes of moving tables": 2 ** 20,
  "bytes of moving indexes": 2 ** 20,
  "dead rows": 6_000,
  "worker's file descriptors": 30,
  "database connections": 20,
};

const { samples, jobs, results, deaths, left } = await soak(minutes, (sample) =>
  console.log(names.map((name) => `${name} ${(SHOW[name] ?? whole)(sample[name])}`).join(", ")),
);
const growths = names.map((name) => {
  const taken = samples.map((sample) => sample[name]);
  return { name, show: SHOW[name] ?? whole, taken, ...growthOf(taken, LEAST[name] ?? 0) };
});
const report = [
  `\`npm run soak -- --minutes ${minutes}\`, on a machine of ${cpus().length} cores: ${jobs} jobs, ${results} results, ${deaths} deaths of a worker, ${left} jobs left without an end.`,
  "",
  "| what | after a fifth | at the end | times |",
  "| --- | --- | --- | --- |",
  ...growths.map(
    ({ name, show, early, late }) => `| ${name}: ${MEASURES[name]} | ${show(early)} | ${show(late)} | ${(late / early).toFixed(2)} |`,
  ),
  "",
  "![Each of these over time](images/soak.svg)",
].join("\n");
console.log(report);
if (values.write) {
  const docs = join(import.meta.dirname, "../docs");
  writeFileSync(
    join(docs, "images/soak.svg"),
    plot(
      growths.map(({ name, show, taken }) => ({ title: name, show, values: taken })),
      minutes,
    ),
  );
  fillPage(join(docs, "guarantees.md"), "soak", report);
}
const grown = growths.filter(({ grew }) => grew).map(({ name }) => name);
if (grown.length > 0 || left > 0) {
  console.error(grown.length > 0 ? `Grown: ${grown.join(", ")}` : `${left} jobs have no end`);
  process.exitCode = 1;
}
// The servers' watchers keep nobody waiting.
process.exit();
