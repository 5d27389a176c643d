/**
 * What the rounds of a case found, summed up.
 * @module
 */
import type { Figures, Round } from "./figures.ts";
import type { Case, Scenario } from "./scenario.ts";
import { median } from "./statistics.ts";

/** A case and what its rounds found. */
export interface CaseResult {
  readonly case: string;
  readonly options: Case["options"];
  /** By subject: medians of each round's own ratios. What else the machine does disturbs them less. */
  readonly ratios: Readonly<Record<string, Figures>>;
  /** By subject. */
  readonly medians: Readonly<Record<string, Figures>>;
  readonly rounds: readonly Round[];
}

/** Works out medians and ratios. */
export function summarize(scenario: Scenario, { name, options, subjects }: Case, rounds: readonly Round[]): CaseResult {
  const ratios: Record<string, Figures> = {};
  const medians: Record<string, Figures> = {};
  for (const subject of subjects) {
    ratios[subject] = Object.fromEntries(
      Object.entries(scenario.ratios).flatMap(([ratio, of]) => {
        const values = rounds.map((round) => of(round, subject)).filter((value) => value !== undefined);
        return values.length > 0 ? [[ratio, median(values)] as const] : [];
      }),
    );
    const names = Object.keys(rounds[0]?.[subject] ?? {});
    medians[subject] = Object.fromEntries(
      names.map((figure) => [figure, median(rounds.map((round) => round[subject]?.[figure] ?? Number.NaN))]),
    );
  }
  return { case: name, options, ratios, medians, rounds };
}
