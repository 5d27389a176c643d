/**
 * What was measured, as tables: ratios first, then medians, then all rounds.
 * @module
 */
import { type Case, type Figures, firstFigure, type Scenario } from "./scenario.ts";
import { median } from "./statistics.ts";

/** A case and what its rounds found, by subject. */
export interface CaseResult {
  readonly case: string;
  readonly options: Case["options"];
  /** Medians of each round's own ratios: what else the machine does disturbs them less. */
  readonly ratios: Readonly<Record<string, number>>;
  readonly medians: Readonly<Record<string, Figures>>;
  readonly rounds: readonly Readonly<Record<string, Figures>>[];
}

/** Works out medians and ratios. */
export function summarize(scenario: Scenario, { name, options, subjects }: Case, rounds: CaseResult["rounds"]): CaseResult {
  const ratios: Record<string, number> = {};
  const medians: Record<string, Figures> = {};
  for (const subject of subjects) {
    const all = rounds.map((round) => scenario.ratio(round, subject)).filter((ratio) => ratio !== undefined);
    if (all.length > 0) ratios[subject] = median(all);
    const names = Object.keys(rounds[0]?.[subject] ?? {});
    medians[subject] = Object.fromEntries(
      names.map((figure) => [figure, median(rounds.map((round) => round[subject]?.[figure] ?? Number.NaN))]),
    );
  }
  return { case: name, options, ratios, medians, rounds };
}

/** A table in Markdown. */
export function tableOf(scenario: Scenario, results: readonly CaseResult[]): string {
  const names = [...new Set(results.flatMap(({ medians }) => Object.values(medians).flatMap((figures) => Object.keys(figures))))];
  const head = [scenario.ratioOf, "case", "of", ...names, "rounds"];
  const rows = results.flatMap(({ case: name, ratios, medians, rounds }) =>
    Object.entries(medians).map(([subject, figures]) => [
      ratios[subject] === undefined ? "" : `**${ratios[subject].toFixed(2)}**`,
      name,
      subject,
      ...names.map((figure) => tell(figures[figure])),
      rounds.map((round) => tell(firstFigure(round[subject]))).join(" "),
    ]),
  );
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function tell(figure: number | undefined): string {
  if (figure === undefined) return "";
  return figure >= 100 ? Math.round(figure).toLocaleString("en") : figure.toFixed(2);
}
