/**
 * The rules of accessibility, in both schemes of colours.
 * @module
 */
import axe from "axe-core";
import type { Page } from "playwright-core";

const run = (options: object) => `axe.run(document, ${JSON.stringify({ resultTypes: ["violations"], ...options })}).then(({ violations }) =>
  violations.map(({ id, nodes }) => id + ": " + nodes.map(({ html }) => html).join(" ")))`;

/** Of the same document, only colours differ. */
const SCHEMES = { light: run({}), dark: run({ runOnly: ["color-contrast", "link-in-text-block"] }) } as const;

/** What axe finds on a page as it stands. The page is to be opened with reduced motion: a colour on its way to another is neither. */
export async function violationsOn(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    const violations = await page.evaluate<string[]>(SCHEMES[colorScheme]);
    found.push(...violations.map((violation) => `${colorScheme}: ${violation}`));
  }
  return found;
}
