/**
 * Writes src/postgres/sql/ from sql/: the only SQL text in TypeScript. `--check` only says whether it is up to date.
 * @module
 */
import { createHash } from "node:crypto";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { compact, splitSql } from "./split-sql.ts";
import { expandSql } from "./sql-template.ts";

const root = join(import.meta.dirname, "..");
const HEAD = "/**\n * Generated from sql/ by `npm run generate`; not to be edited.\n * @module\n */\n";

/** The files below a folder of sql/, by name, which is a file's own wherever it lies. */
function sqlFiles(folder: string): { name: string; path: string; text: string }[] {
  const paths = globSync(`sql/${folder}/**/*.sql`, { cwd: root });
  const files = paths.map((path) => ({ name: basename(path, ".sql"), path, text: expandSql(readFileSync(join(root, path), "utf8")) }));
  files.sort((a, b) => (a.name < b.name ? -1 : 1));
  const twice = files.find(({ name }, index) => name === files[index + 1]?.name);
  if (twice) throw new Error(`${twice.path} has the name of another file in sql/${folder}/`);
  return files;
}

function statementsModule(): string {
  const lines = sqlFiles("statements").map(({ name, path, text }) => {
    const [statement, ...others] = splitSql(text);
    if (!statement || others.length > 0) throw new Error(`${path} must hold exactly one statement`);
    const key = name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    return `export const ${key} = ${JSON.stringify(compact(statement))};`;
  });
  return `${HEAD}\n// A constant each, not one object of all: a bundle holds those that it sends.\n${lines.join("\n")}\n`;
}

function schemaVersionModule(): string {
  return `${HEAD}\n/** The schema that the statements are written for. */\nexport const schemaVersion = ${sqlFiles("migrations").length};\n`;
}

function migrationsModule(): string {
  const functions = new Map(sqlFiles("functions").map(({ name, text }) => [name, text]));
  const installed = new Set<string>();
  const entries = sqlFiles("migrations").map(({ name, text }, index) => {
    const [, number, title] = /^(\d{4})_([a-z0-9_]+)$/.exec(name) ?? [];
    if (Number(number) !== index + 1) throw new Error(`sql/migrations/${name}.sql: the migrations must be numbered 0001, 0002, ...`);
    const [, breaking] = /^-- breaking: (yes|no)$/m.exec(text) ?? [];
    if (!breaking) throw new Error(`sql/migrations/${name}.sql needs a line "-- breaking: yes" or "-- breaking: no"`);
    const whole = text.replace(/^-- install: (.+)$/gm, (_, list: string) =>
      list
        .trim()
        .split(/\s+/)
        .map((wanted) => {
          const body = functions.get(wanted);
          if (body === undefined || installed.has(wanted))
            throw new Error(`sql/migrations/${name}.sql installs ${wanted}, which ${body ? "is installed already" : "does not exist"}`);
          installed.add(wanted);
          return body;
        })
        .join("\n"),
    );
    const statements = splitSql(whole).map(compact);
    const digest = createHash("sha256").update(statements.join("\0")).digest("hex").slice(0, 32);
    const list = statements.map((statement) => `      ${JSON.stringify(statement)},`).join("\n");
    return `  {\n    number: ${index + 1},\n    name: ${JSON.stringify(title)},\n    digest: "${digest}",\n    breaking: ${breaking === "yes"},\n    statements: [\n${list}\n    ],\n  },`;
  });
  for (const name of functions.keys()) if (!installed.has(name)) throw new Error(`no migration installs sql/functions/${name}.sql`);
  const type =
    "export interface Migration {\n  readonly number: number;\n  readonly name: string;\n  /** Of its statements. */\n  readonly digest: string;\n  readonly breaking: boolean;\n  readonly statements: readonly string[];\n}\n";
  return `${HEAD}${type}\nexport const migrations: readonly Migration[] = [\n${entries.join("\n")}\n];\n`;
}

const check = process.argv.includes("--check");
for (const [file, text] of [
  ["statements.ts", statementsModule()],
  ["schema-version.ts", schemaVersionModule()],
  ["migrations.ts", migrationsModule()],
] as const) {
  const path = join(root, "src/postgres/sql", file);
  if (!check) {
    writeFileSync(path, text);
  } else if (readFileSync(path, "utf8") !== text) {
    console.error(`src/postgres/sql/${file} is not what sql/ says: run "npm run generate" and commit it`);
    process.exitCode = 1;
  }
}
