/**
 * What the benchmarks call the processor time of a server.
 * @module
 */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { describe, test } from "node:test";
import { openMeter, serverTimeMs } from "../../bench/cost.ts";
import { startTestServer } from "../support/database.ts";

const BURNT_MS = 200;
/** The kernel counts the time of processes that have ended in hundredths of a second, user and system apart. */
const ROUNDING_MS = 20;
const BURN = `while (process.cpuUsage().user + process.cpuUsage().system < ${BURNT_MS * 1_000});`;

describe("the processor time of a server", () => {
  test("has that of a child that still lives", async () => {
    const before = serverTimeMs(process.pid);
    const child = spawn(process.execPath, ["-e", `${BURN} process.stdin.resume(); console.log("burnt")`], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    const taken = serverTimeMs(process.pid) - before;
    child.stdin.end();
    await once(child, "exit");
    assert.ok(taken >= BURNT_MS - ROUNDING_MS, `${taken} ms`);
  });

  test("has that of a child that has ended", () => {
    const before = serverTimeMs(process.pid);
    spawnSync(process.execPath, ["-e", BURN], { stdio: "inherit" });
    const taken = serverTimeMs(process.pid) - before;
    assert.ok(taken >= BURNT_MS - ROUNDING_MS, `${taken} ms`);
  });
});

describe("a meter", () => {
  test("counts what the server writes and computes while it measures, a job", async () => {
    const server = await startTestServer(18);
    const { url, sql, close } = await server.database();
    const meter = await openMeter(url);
    await sql("create table written (text text)");
    const figures = await meter.measure(1_000, async () => {
      await sql("insert into written select repeat('x', 1000) from generate_series(1, 1000)");
      await sql("select count(*) from generate_series(1, 1000000)");
    });
    await Promise.all([meter.close(), close()]);
    await server.stop();
    assert.ok((figures["WAL B/job"] ?? 0) > 1_000 && (figures["WAL B/job"] ?? 0) < 2_000, JSON.stringify(figures));
    assert.ok((figures["database µs/job"] ?? 0) > 10, JSON.stringify(figures));
  });
});
