/**
 * What the overview says is wrong.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { forgetJobs } from "../support/content.ts";
import { useDatabase } from "../support/database.ts";
import { claim } from "../support/samples.ts";
import { openDashboard, plain, waiting } from "./support.ts";

const database = useDatabase();

test("the overview has one clear line when something is wrong, and when nothing is", async () => {
  const browser = openDashboard(database);
  await browser.signIn();
  const line = async () => /<p class="health (?:bad|good)"[^>]*>(.*?)<\/p>/.exec((await browser.get("/")).text)?.[1] ?? "";
  assert.match(plain(await line()), /^No tick and no worker has ever been seen\.$/);
  await waiting(database, { name: "fax" });
  await claim(database.store, { park: true });
  await claim(database.store);
  assert.match(plain(await line()), /^No handler for fax\.$/);
  for (const at of ["scheduled set run_at", "worker set heartbeat_at"])
    await database.sql(`update mayfly.${at} = now() - '200 s'::interval`);
  assert.match(plain(await line()), /^No tick for 3 min 2\d s\. 2 stale workers\. No handler for fax\.$/);
  for (const link of ['href="/workers?state=stale"', 'href="/waiting?state=parked"']) assert.ok((await line()).includes(link), link);
  await forgetJobs(database);
  await database.sql("update mayfly.worker set heartbeat_at = now()");
  assert.match(plain(await line()), /^All is well: a consumer was seen/);
});
