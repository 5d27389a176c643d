/**
 * The command that installs what the local stack needs is the one of the project's package manager.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { installCommand } from "../../src/dev/needed-packages.ts";
import { ownProject } from "../support/own-project.ts";

const NAMES = ["wrangler", "pg"];

for (const [file, line] of [
  ["package-lock.json", "npm install --save-dev wrangler pg"],
  ["pnpm-lock.yaml", "pnpm add --save-dev wrangler pg"],
  ["yarn.lock", "yarn add --dev wrangler pg"],
  ["bun.lock", "bun add --dev wrangler pg"],
] as const) {
  test(`beside ${file}: ${line}`, () => {
    const project = ownProject({ [file]: "" }, []);
    assert.equal(installCommand(project.path, NAMES).join(" "), line);
    project.remove();
  });
}
