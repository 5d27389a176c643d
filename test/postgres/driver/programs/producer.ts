/**
 * A program as users write it: a pool, a driver over it, and no listener for errors. It queries whenever it is told to, and answers what came of it.
 * @module
 */
import { Pool } from "pg";
import { pg } from "../../../../src/postgres/driver/pg.ts";

const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 2, ...(process.env.ONE_USE ? { maxUses: 1 } : {}) });
const driver = pg(pool);

process.on("message", () => {
  driver.query({ text: "select 1", params: [] }).then(
    () => process.send?.("answered"),
    () => process.send?.("failed"),
  );
});
process.on("disconnect", () => void pool.end());
process.send?.("ready");
