/**
 * The bundle of examples/starter for Lambda, made whenever osls packages it or serverless-offline starts: a plugin of serverless.yml.
 * AWS's own client stays outside, since the runtime has it.
 * @module
 */
import { join } from "node:path";
import { build } from "esbuild";

const root = join(import.meta.dirname, "..");

/** Bundles an entry file to one file, an ES module for Node 24. */
export async function bundleLambda(entry: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [join(root, entry)],
    outfile,
    bundle: true,
    minify: true,
    platform: "node",
    target: "node24",
    format: "esm",
    external: ["@aws-sdk/*"],
    logLevel: "error",
  });
}

/** The plugin, by the shape that osls looks for. */
export default class BundleLambda {
  readonly hooks = {
    "before:package:createDeploymentArtifacts": this.bundle,
    "before:deploy:function:packageFunction": this.bundle,
    "before:offline:start:init": this.bundle,
    "before:offline:start": this.bundle,
  };

  private async bundle(): Promise<void> {
    await bundleLambda("examples/starter/lambda.ts", join(root, "build/lambda/index.mjs"));
  }
}
