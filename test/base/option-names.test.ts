import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { checkNames } from "../../src/base/option-names.ts";
import { Problems } from "../../src/base/problems.ts";

function told(given: object): string {
  const problems = new Problems();
  checkNames(given, ["priority", "retries", "retryDelay", "delay"], problems, ["options"]);
  return problems.list();
}

describe("an option that there is none of", () => {
  for (const [given, meant] of [
    ["priorty", "priority"],
    ["prioritty", "priority"],
    ["proirity", "priority"],
    ["retires", "retries"],
    ["retrydelay", "retryDelay"],
    ["delays", "delay"],
    ["prio", "priority"],
  ] as const)
    test(`is told as ${meant}: ${given}`, () =>
      assert.equal(told({ [given]: 1 }), `options.${given}: is not an option; did you mean ${meant}?`));

  test("is told with all that there are, where it is near none", () =>
    assert.equal(told({ colour: "red" }), "options.colour: is not an option; there are priority, retries, retryDelay, delay"));
});

test("known ones are taken, also undefined", () => assert.equal(told({ delay: undefined, retries: 1 }), ""));
