/**
 * The pages that go with the package: as in the repository, without its pictures, and without links to what only the repository has.
 * @module
 */
import { globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Of the repository, as paths. Pictures are left out: they are four times the rest of the package. */
const PAGES = ["README.md", "CHANGELOG.md", "docs/**/*.md"];

/** A picture in two colours, or what folds pictures up. */
const BLOCK = /<(picture|details)>[\s\S]*?<\/\1>\n*/g;
const LINK = /(!?)\[([^\]]*)\]\(([^)\s]+)\)/g;

/** Writes them below `folder`, each where it lies below `root`. */
export function writePages(root: string, folder: string): void {
  const pages = globSync(PAGES, { cwd: root });
  const paths = new Set(pages.flatMap((page) => [page, dirname(page)]));
  for (const page of pages) {
    const there = (target: string) => paths.has(join(dirname(page), target));
    const text = readFileSync(join(root, page), "utf8").replaceAll(BLOCK, "");
    mkdirSync(dirname(join(folder, page)), { recursive: true });
    writeFileSync(
      join(folder, page),
      text.replaceAll(LINK, (link, picture, words, target) => keep(link, picture, words, target, there)),
    );
  }
}

/** The link where it leads somewhere; else its words. */
function keep(link: string, picture: string, words: string, target: string, there: (path: string) => boolean): string {
  if (picture !== "") return `*A picture, in the repository: ${words}.*`;
  const [path = ""] = target.split("#");
  return path === "" || path.includes("://") || there(path) ? link : words;
}
