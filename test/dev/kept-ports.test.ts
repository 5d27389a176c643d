/**
 * The local stack's ports stay the same between starts.
 * @module
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { keptPorts } from "../../src/dev/kept-ports.ts";
import { freePort } from "../support/free-port.ts";

describe("ports", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "mayfly-ports-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const whileTaken = async (port: number, act: () => Promise<void>) => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(port, "127.0.0.1", resolve));
    try {
      await act();
    } finally {
      await new Promise((resolve) => holder.close(resolve));
    }
  };

  test("the usual one is taken where it is free", async () => {
    const usual = await freePort();
    assert.equal(await keptPorts(folder).take("neon", usual), usual);
  });

  test("another one is kept, also when the usual one has become free", async () => {
    const usual = await freePort();
    let other = 0;
    await whileTaken(usual, async () => {
      other = await keptPorts(folder).take("neon", usual);
    });
    assert.notEqual(other, usual);
    assert.equal(await keptPorts(folder).take("neon", usual), other);
  });

  test("two names have two ports", async () => {
    const usual = await freePort();
    const ports = keptPorts(folder);
    assert.notEqual(await ports.take("neon", usual), await ports.take("database", usual));
  });

  test("a file that is damaged is as none", async () => {
    const usual = await freePort();
    for (const text of ["", "{", "null", '{"neon": "1"}', '{"neon": 70000}']) {
      writeFileSync(join(folder, "ports.json"), text);
      assert.equal(await keptPorts(folder).take("neon", usual), usual, text);
    }
  });
});
