/**
 * Texts of strangers on a terminal and in a command line.
 * @module
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { printable, shellWord } from "../../src/base/printable.ts";
import { TEXTS } from "../support/hostile-texts.ts";

test("nothing that a terminal obeys is left, and JSON stays the same JSON", () => {
  const text = "a\u001b]0;x\u0007\r\n\t\u009b2J\u202e\u2066é\ud83d\ude00";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  assert.doesNotMatch(printable(text), /[\u0000-\u001f\u007f-\u009f\u202e\u2066]/);
  assert.ok(printable(text).endsWith("é\ud83d\ude00"));
  assert.equal(printable("a\n\tb", "\n"), "a\n\\u0009b");
  assert.deepEqual(JSON.parse(printable(JSON.stringify({ text }))), { text });
});

test("a shell reads one word, and the very text", () => {
  for (const text of [...TEXTS, "plain-queue", "it's", "$(id)", "a b", ""]) {
    if (text.includes("\0") || text.startsWith("-")) continue;
    const { stdout } = spawnSync("sh", ["-c", `printf %s:%s $# ${shellWord(text)}`, "sh"], { encoding: "utf8" });
    assert.equal(stdout, `0:${text.toWellFormed()}`);
  }
  assert.equal(shellWord("--help"), "-- '--help'");
});
