/**
 * The variables of the local Worker: those of the project's own files, as wrangler chooses the files, and over them what the local
 * stack sets.
 * @module
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { MayflyError } from "../base/errors.ts";

export interface ProjectVariables {
  /** Names of the files, for people. */
  readonly files: readonly string[];
  readonly values: Readonly<Record<string, string>>;
  /** Paths of files that wrangler reads itself, since it expands variables in them. Empty for `.dev.vars`, in which it does not. */
  readonly expanded: readonly string[];
}

/**
 * Reads what `wrangler dev` would read by itself: `.dev.vars` of the environment, else `.dev.vars`, else all of `.env`, `.env.local` and
 * those of the environment.
 * @param folder the configuration's
 */
export function projectVariables(folder: string, environment: string | undefined): ProjectVariables {
  const there = (names: readonly string[]) => names.filter((name) => existsSync(join(folder, name)));
  const read = (name: string) => parseEnv(readFileSync(join(folder, name), "utf8")) as Record<string, string>;
  const of = (name: string) => (environment === undefined ? [] : [`${name}.${environment}`]);
  const [devVars] = there([...of(".dev.vars"), ".dev.vars"]);
  if (devVars !== undefined) return { files: [devVars], values: read(devVars), expanded: [] };
  if (process.env.CLOUDFLARE_LOAD_DEV_VARS_FROM_DOT_ENV === "false") return { files: [], values: {}, expanded: [] };
  const files = there([".env", ".env.local", ...of(".env"), ...of(".env").map((name) => `${name}.local`)]);
  return {
    files,
    values: Object.assign({}, ...files.map(read)) as Record<string, string>,
    expanded: files.map((name) => join(folder, name)),
  };
}

/**
 * A file of these variables, as wrangler's parser reads it: it takes three kinds of quotes, unescapes none, and expands `$`.
 * @throws `invalid_config` for a value with all three kinds
 */
export function variablesFile(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => {
      const quote = ["'", "`", '"'].find((one) => !value.includes(one));
      if (quote === undefined)
        throw new MayflyError("invalid_config", `The value of ${name} holds ', \` and ", so wrangler cannot read it.`);
      return `${name}=${quote}${value.replaceAll("$", "\\$")}${quote}\n`;
    })
    .join("");
}
