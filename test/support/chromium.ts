/**
 * The machine's own Chromium, without a window.
 * @module
 */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts it. @throws where there is none: what cannot be tested has not passed */
export async function launchChromium(): Promise<Browser> {
  return await chromium.launch({ executablePath: findChromium(process.env), args: ARGS });
}

/** `CHROMIUM_PATH`, or the first one on the path. */
export function findChromium({ CHROMIUM_PATH, PATH = "" }: NodeJS.ProcessEnv): string {
  const found = CHROMIUM_PATH
    ? [CHROMIUM_PATH].find(isExecutable)
    : NAMES.flatMap((name) => PATH.split(delimiter).map((folder) => join(folder, name))).find(isExecutable);
  if (found !== undefined) return found;
  const looked = CHROMIUM_PATH ? `CHROMIUM_PATH is ${CHROMIUM_PATH}, which cannot be run` : `none of ${NAMES.join(", ")} is on the path`;
  throw new Error(`There is no Chromium: ${looked}. Install one (Debian: apt-get install chromium), or set CHROMIUM_PATH.`);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
