/**
 * A name that turns the direction of writing turns nothing else on a page.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { assets } from "../../src/dashboard/assets.ts";
import { useDatabase } from "../support/database.ts";
import { endOne, openDashboard, waiting } from "./support.ts";

const database = useDatabase();
const TURNING = "a\u202eb";

test("wherever it is shown it is alone in an element whose direction is its own", async () => {
  const isolated = /([^{}]*)\{\s*unicode-bidi:\s*isolate/.exec(assets.base.body)?.[1] ?? "";
  const elements = new Set(
    `${isolated},bdi`
      .replace(/\/\*.*?\*\//gs, "")
      .split(",")
      .map((one) => one.trim()),
  );
  const named = { name: TURNING, queue: TURNING, key: TURNING, createdBy: TURNING, source: TURNING };
  const ended = await endOne(database, named);
  const waits = await waiting(database, { ...named, key: null });
  const browser = openDashboard(database);
  await browser.signIn();
  let shown = 0;
  for (const path of [`/jobs/${ended}`, `/jobs/${waits}`, "/results", "/waiting", "/queues", "/"]) {
    const body = (await browser.get(path)).text.replace(/^[\s\S]*<body/, "<body");
    for (const [, element = "", text = ""] of body.matchAll(/<([a-z0-9]+)(?:\s[^<>]*)?>([^<>]*\u202e[^<>]*)</g)) {
      shown++;
      assert.ok(elements.has(element), `${path}: <${element}> ${JSON.stringify(text)}`);
    }
  }
  assert.ok(shown >= 6, `${shown} places`);
});
