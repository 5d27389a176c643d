/**
 * What was measured, as tables in Markdown: ratios first, then medians, then all rounds.
 * @module
 */
import { firstFigure } from "./figures.ts";
import type { ScenarioResult } from "./results.ts";
import type { Target } from "./targets.ts";

/** All cases of a scenario, a row a subject. */
export function scenarioTable({ cases }: ScenarioResult): string {
  const namesOf = (kind: "ratios" | "medians") => [
    ...new Set(cases.flatMap((found) => Object.values(found[kind]).flatMap((figures) => Object.keys(figures)))),
  ];
  const [ratioNames, figureNames] = [namesOf("ratios"), namesOf("medians")];
  const rows = cases.flatMap(({ case: name, ratios, medians, rounds }) =>
    Object.entries(medians).map(([subject, figures]) => [
      name,
      subject,
      ...ratioNames.map((ratio) => shown(ratios[subject]?.[ratio], "**")),
      ...figureNames.map((figure) => shown(figures[figure])),
      rounds.map((round) => shown(firstFigure(round[subject]))).join(" "),
    ]),
  );
  return table(["case", "of", ...ratioNames, ...figureNames, `rounds, ${figureNames[0] ?? ""}`], rows);
}

/** A row a target, a column a server, by its name for people. */
export function targetsTable(targets: readonly Target[], servers: Readonly<Record<string, readonly ScenarioResult[]>>): string {
  const rows = targets.map((target) => [
    `\`${target.scenario}\``,
    target.case,
    target.what,
    target.must === undefined ? "" : String(target.must),
    target.aim === undefined ? "" : String(target.aim),
    ...Object.values(servers).map((scenarios) => reached(target, measured(target, scenarios))),
  ]);
  return table(["scenario", "case", "what", "must", "aim", ...Object.keys(servers)], rows);
}

/** What was measured for a target. */
function measured({ scenario, case: name, subject = "mayfly", of }: Target, scenarios: readonly ScenarioResult[]): number | undefined {
  const found = scenarios.find((one) => one.scenario === scenario)?.cases.find((one) => one.case === name);
  return found?.ratios[subject]?.[of] ?? found?.medians[subject]?.[of];
}

/** Bold: as aimed for, or as it must be where there is no aim. */
function reached({ better, must, aim }: Target, value: number | undefined): string {
  if (value === undefined) return "";
  const meets = (bound: number | undefined) => bound !== undefined && (better === "higher" ? value >= bound : value <= bound);
  if (must !== undefined && !meets(must)) return `${shown(value)}, missed`;
  return meets(aim ?? must) ? shown(value, "**") : shown(value);
}

function shown(figure: number | undefined | null, mark = ""): string {
  if (figure === undefined || figure === null) return "";
  return `${mark}${figure >= 100 ? Math.round(figure).toLocaleString("en") : figure.toFixed(2)}${mark}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
