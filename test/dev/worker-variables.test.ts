/**
 * Which files the local Worker's variables are read from, and how they are handed on.
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { afterEach, describe, test } from "node:test";
import { projectVariables, variablesFile } from "../../src/dev/worker-variables.ts";
import { type OwnProject, ownProject } from "../support/own-project.ts";

describe("the files of a project", () => {
  let project: OwnProject;
  afterEach(() => project.remove());
  const read = (files: Record<string, string>, environment?: string) => {
    project = ownProject(files, []);
    return projectVariables(project.path, environment);
  };

  test(".dev.vars goes before .env", () => {
    assert.deepEqual(read({ ".dev.vars": "A=1", ".env": "A=2\nB=2" }), { files: [".dev.vars"], values: { A: "1" }, expanded: [] });
  });

  test(".dev.vars of an environment takes the place of .dev.vars", () => {
    assert.deepEqual(read({ ".dev.vars": "A=1\nB=1", ".dev.vars.staging": "A=2" }, "staging").values, { A: "2" });
    project.remove();
    assert.deepEqual(read({ ".dev.vars": "A=1" }, "staging").values, { A: "1" });
  });

  test("files named .env add up, the nearest last, and wrangler reads them itself", () => {
    const files = { ".env": "A=1\nB=1\nC=1", ".env.local": "B=2\nC=2", ".env.staging": "C=3", ".env.other": "A=9" };
    const { values, expanded } = read(files, "staging");
    assert.deepEqual(values, { A: "1", B: "2", C: "3" });
    assert.deepEqual(
      expanded,
      [".env", ".env.local", ".env.staging"].map((name) => join(project.path, name)),
    );
  });

  test("a project without any has no variables", () => {
    assert.deepEqual(read({}), { files: [], values: {}, expanded: [] });
  });
});

test("a value that wrangler could not read is refused by its name, without the value", () => {
  assert.throws(() => variablesFile({ KEY: "a'b`c\"d" }), { code: "invalid_config", message: /^The value of KEY holds(?!.*b`c)/ });
});
