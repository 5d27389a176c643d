/**
 * The data folder of the local stack is held by one process at a time.
 * @module
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { holdDataFolder } from "../../src/dev/data-folder.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mayfly-folder-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const lock = () => join(folder, "lock");

test("while a living process holds it, nobody else may, and is told who does", () => {
  writeFileSync(lock(), JSON.stringify({ pid: process.ppid, url: "http://127.0.0.1:1" }));
  assert.throws(() => holdDataFolder(folder, "http://127.0.0.1:2"), {
    code: "data_folder_locked",
    message: new RegExp(`process ${process.ppid}, http://127.0.0.1:1`),
  });
});

test("what a killed process left, or half a file, is taken over", () => {
  const { pid } = spawnSync(process.execPath, ["--version"]);
  for (const left of [JSON.stringify({ pid, url: "http://127.0.0.1:1" }), "{", ""]) {
    writeFileSync(lock(), left);
    const { release } = holdDataFolder(folder, "http://127.0.0.1:2");
    assert.deepEqual(JSON.parse(readFileSync(lock(), "utf8")), { pid: process.pid, url: "http://127.0.0.1:2" });
    release();
  }
});

test("a folder that is not there is made, and let go it can be held again", () => {
  const deep = join(folder, "a/b");
  holdDataFolder(deep, "u").release();
  holdDataFolder(deep, "u").release();
});
