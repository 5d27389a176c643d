/**
 * Bundles of whole programs, and how large they are: minified, gzipped.
 * @module
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const root = join(import.meta.dirname, "../..");

export interface ProgramBundle {
  /** Those that something of is in it. */
  readonly files: readonly string[];
  readonly text: string;
  /** Bytes. */
  readonly size: number;
}

export interface DeployedBundle extends ProgramBundle {
  /** Durable Objects' bindings, by name. */
  readonly objects: readonly string[];
}

/** What `wrangler deploy` would upload. */
export function deployed(...args: readonly string[]): DeployedBundle {
  const folder = mkdtempSync(join(tmpdir(), "mayfly-worker-"));
  try {
    const options = ["deploy", "--dry-run", "--minify", "--outdir", folder, "--metafile", join(folder, "meta.json"), ...args];
    const output = execFileSync(process.execPath, [join(root, "node_modules/wrangler/bin/wrangler.js"), ...options], {
      cwd: root,
      stdio: "pipe",
      encoding: "utf8",
      env: { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "1" },
    });
    const { inputs } = JSON.parse(readFileSync(join(folder, "meta.json"), "utf8")) as { inputs: Record<string, unknown> };
    const script = readdirSync(folder).find((file) => file.endsWith(".js"));
    const text = readFileSync(join(folder, script ?? ""), "utf8");
    const objects = [...output.matchAll(/env\.(\w+) \(\w+\)\s+Durable Object/g)].map(([, name = ""]) => name);
    return { files: Object.keys(inputs), text, size: gzipped(text), objects };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A program of these lines. */
export const bundled = (...lines: readonly string[]): Promise<ProgramBundle> => bundledFor([], ...lines);

/** The same under conditions of a runtime, as packages name them. */
export async function bundledFor(conditions: string[], ...lines: readonly string[]): Promise<ProgramBundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: lines.join("\n"), resolveDir: root, loader: "ts" },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "neutral",
    conditions,
    write: false,
    metafile: true,
  });
  const [file] = outputFiles;
  const [output] = Object.values(metafile.outputs);
  if (!file || !output) throw new Error("esbuild made no bundle.");
  const files = Object.entries(output.inputs).flatMap(([name, { bytesInOutput }]) => (bytesInOutput > 0 ? [name] : []));
  return { files, text: file.text, size: gzipped(file.text) };
}

const gzipped = (text: string) => gzipSync(text, { level: 9 }).length;

/** The lines of a program that only enqueues; the database, the schema of the payload and the producer's parts as TypeScript. */
export function producerProgram(database: string, payload = "undefined", parts = ""): string[] {
  return [
    'import { batches, callSites, createProducer, defineJob, neonHttp, rules, transactions } from "mayfly/producer";',
    'import * as v from "valibot";',
    `const greet = defineJob("greet", { payload: ${payload} });`,
    `const producer = createProducer({ database: ${database} }).with(${parts});`,
    'export default { fetch: async (_, env) => Response.json(await producer.connect(env).enqueue(greet, { name: "Ada" })) };',
  ];
}
