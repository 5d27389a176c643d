/**
 * Splitting migrations into the statements that HTTP drivers need.
 * @module
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { compact, splitSql } from "../../scripts/split-sql.ts";

const split = (sql: string) => splitSql(sql).map(compact);

test("semicolons inside quotes, bodies and comments end nothing", () => {
  assert.deepEqual(
    split(`
      -- a comment; with one
      select 'a;''b', "c;""d", E'e;\\'f', $$g; h$$, $tag$ $$ ; $tag$ /* i; /* nested; */ j */;
      select 1;;
      ;
      select 2`),
    [`select 'a;''b', "c;""d", E'e;\\'f', $$g; h$$, $tag$ $$ ; $tag$`, "select 1", "select 2"],
  );
});

test("white space is folded outside of quotes, comment lines of bodies are left out", () => {
  assert.deepEqual(split("select   'a  b'\n  , 1 -- end\n"), ["select 'a  b' , 1"]);
  assert.deepEqual(split("do $$\nbegin\n  -- why\n  x := 'a';\nend $$;"), ["do $$\nbegin\nx := 'a';\nend $$"]);
});

test("parameters are no quotes, and what has no end is an error", () => {
  assert.deepEqual(split("select $1::text, $2; select $3"), ["select $1::text, $2", "select $3"]);
  assert.throws(() => splitSql("select $$ a"), /no end/);
  assert.throws(() => splitSql("select 1 /* a"), /no end/);
});
