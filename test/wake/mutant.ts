/**
 * The reducer with a fault that was made on purpose.
 * @module
 */
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { reduce } from "../../src/wake/reduce.ts";
import type { Reduce } from "./model-ledger.ts";

/** A change of one file's text. */
interface Fault {
  readonly of: string;
  readonly from: string;
  readonly to: string;
}

const SOURCE = join(import.meta.dirname, "../../src/wake");

/** The reducer with a fault. */
async function reducerWith({ of, from, to }: Fault): Promise<Reduce> {
  const folder = mkdtempSync(join(tmpdir(), "mayfly-mutant-"));
  try {
    cpSync(SOURCE, folder, { recursive: true });
    const text = readFileSync(join(folder, of), "utf8");
    assert.ok(text.includes(from), `${of} has ${from}`);
    writeFileSync(join(folder, of), text.replaceAll(from, to));
    const { reduce } = (await import(pathToFileURL(join(folder, "reduce.ts")).href)) as { reduce: Reduce };
    return reduce;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A test: the check holds, and fails with the fault. */
export function finds(promise: string, fault: Fault, check: (reduce: Reduce) => void): void {
  test(promise, async () => {
    check(reduce);
    const faulty = await reducerWith(fault);
    assert.throws(() => check(faulty), { name: "AssertionError" });
  });
}
