/**
 * What `mayfly init` would write: the files of a platform that a project does not have.
 * @module
 */
import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

export interface Platform {
  readonly description: string;
  /** Folders of templates, one over the other. */
  readonly templates: readonly string[];
  /** Packages that the files import, and those that only development needs. */
  readonly packages: readonly string[];
  readonly devPackages: readonly string[];
  /** What such a project has already, from which the platform is guessed. */
  readonly signs: readonly string[];
  /** What to try first, line by line. */
  readonly first: readonly string[];
}

const LOCAL = ["@electric-sql/pglite", "@electric-sql/pglite-socket"];
const LOCAL_DATABASE = "npx mayfly dev --database-only   # a database to try it with: it prints the DATABASE_URL to export";
const WRANGLER = ["wrangler.jsonc", "wrangler.json", "wrangler.toml"];

/** By the name that `--platform` takes; the first one whose signs are there is the guess. */
export const PLATFORMS: Readonly<Record<string, Platform>> = {
  workers: {
    description: "Cloudflare Workers",
    templates: ["jobs", "neon", "workers"],
    packages: ["mayfly"],
    devPackages: [...LOCAL, "wrangler", "typescript"],
    signs: WRANGLER,
    first: ["npx mayfly dev", 'npx mayfly enqueue welcome --payload \'{"name":"Ada"}\'   # with the DATABASE_URL that dev prints'],
  },
  lambda: {
    description: "AWS Lambda",
    templates: ["jobs", "neon", "lambda"],
    packages: ["mayfly"],
    devPackages: [...LOCAL, "esbuild", "typescript"],
    signs: ["serverless.yml", "template.yaml", "samconfig.toml", "sst.config.ts", "cdk.json"],
    first: [
      LOCAL_DATABASE,
      'npx mayfly run welcome --payload \'{"name":"Ada"}\'',
      "npx esbuild src/lambda.ts --bundle --platform=node --format=esm --external:@aws-sdk/* --outfile=build/index.mjs",
    ],
  },
  vercel: {
    description: "Vercel, or another host of Web requests",
    templates: ["jobs", "neon", "vercel"],
    packages: ["mayfly"],
    devPackages: [...LOCAL, "typescript"],
    signs: ["vercel.json", "netlify.toml", "deno.json"],
    first: [LOCAL_DATABASE, 'npx mayfly run welcome --payload \'{"name":"Ada"}\''],
  },
  container: {
    description: "a container",
    templates: ["jobs", "pg", "container"],
    packages: ["mayfly", "pg"],
    devPackages: [...LOCAL, "@types/node", "@types/pg", "typescript"],
    signs: ["Dockerfile", "compose.yaml", "docker-compose.yml"],
    first: [LOCAL_DATABASE, 'npx mayfly enqueue welcome --payload \'{"name":"Ada"}\'', "npx mayfly worker"],
  },
  node: {
    description: "plain Node",
    templates: ["jobs", "pg", "node"],
    packages: ["mayfly", "pg"],
    devPackages: [...LOCAL, "@types/node", "@types/pg", "typescript"],
    signs: [],
    first: [LOCAL_DATABASE, "node src/enqueue.ts Ada", "npx mayfly worker"],
  },
};

export interface Plan {
  /** To be written: path, text. */
  readonly files: readonly (readonly [path: string, text: string])[];
  /** Paths that are there, and stay as they are. */
  readonly kept: readonly string[];
  /** What the project's own files need that is not there, for people. */
  readonly notes: readonly string[];
}

const TEMPLATES = fileURLToPath(new URL("../../templates/", import.meta.url));

/** The platform that the project of this folder seems to be for. */
export function guessPlatform(folder: string): string | undefined {
  return Object.keys(PLATFORMS).find((name) => PLATFORMS[name]?.signs.some((sign) => existsSync(join(folder, sign))));
}

/** What is missing in this folder. */
export function planInit(folder: string, { templates }: Platform): Plan {
  const isThere = (path: string) => existsSync(join(folder, path));
  const all = [["package.json", manifest(folder)] as const, ...templates.flatMap(templateFiles)];
  const own = templates.includes("workers") ? WRANGLER.find(isThere) : undefined;
  // A Worker that is there has an entry file of its own.
  const wanted = all.filter(([path]) => own === undefined || !["wrangler.jsonc", "src/worker.ts"].includes(path));
  const nodeTypes = templates.includes("pg");
  const files = wanted
    .filter(([path]) => !isThere(path))
    .map(
      ([path, text]) => [path, path === "tsconfig.json" && nodeTypes ? text.replace('"types": []', '"types": ["node"]') : text] as const,
    );
  const kept = wanted.map(([path]) => path).filter(isThere);
  return { files, kept, notes: [...notesOnManifest(folder), ...notesOnTypes(folder), ...(own === undefined ? [] : [mount(own)])] };
}

function templateFiles(template: string): [path: string, text: string][] {
  const folder = join(TEMPLATES, template);
  const paths = globSync("**/*", { cwd: folder }).filter((path) => statSync(join(folder, path)).isFile());
  return paths.sort().map((path) => [path.replaceAll("\\", "/"), readFileSync(join(folder, path), "utf8")]);
}

function manifest(folder: string): string {
  const name =
    basename(folder)
      .toLowerCase()
      .replace(/[^a-z0-9-]+/g, "-")
      .replace(/^-+|-+$/g, "") || "jobs";
  return `${JSON.stringify({ name, private: true, type: "module" }, null, 2)}\n`;
}

function notesOnManifest(folder: string): string[] {
  if (!existsSync(join(folder, "package.json"))) return [];
  return /"type"\s*:\s*"module"/.test(readFileSync(join(folder, "package.json"), "utf8"))
    ? []
    : ['package.json does not say "type": "module", which mayfly.config.ts and the files that it imports need.'];
}

function notesOnTypes(folder: string): string[] {
  if (!existsSync(join(folder, "tsconfig.json"))) return [];
  return /allowImportingTsExtensions|rewriteRelativeImportExtensions/.test(readFileSync(join(folder, "tsconfig.json"), "utf8"))
    ? []
    : [
        'tsconfig.json needs "allowImportingTsExtensions": true (and "noEmit": true): Node and the command import ./jobs.ts by its whole name.',
      ];
}

function mount(config: string): string {
  const cron = config.endsWith(".toml") ? '[triggers]\ncrons = ["* * * * *"]' : '"triggers": { "crons": ["* * * * *"] }';
  return `${config} is there, so the Worker's entry file stays as it is. If it is a Hono app, add:

${readFileSync(join(TEMPLATES, "hono-worker.txt"), "utf8")}
and to ${config}, unless it has a cron trigger:

${cron}`;
}
