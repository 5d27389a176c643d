/**
 * A machine without Chromium fails these tests, and says what to do.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { findChromium } from "../../support/chromium.ts";

test("where there is no Chromium, what is missing is told, and how it is installed", () => {
  assert.throws(
    () => findChromium({ PATH: "/nowhere" }),
    /There is no Chromium: none of chromium, .* is on the path\..*apt-get install chromium/,
  );
  assert.throws(() => findChromium({ CHROMIUM_PATH: "/nowhere/chromium" }), /CHROMIUM_PATH is \/nowhere\/chromium, which cannot be run/);
});
