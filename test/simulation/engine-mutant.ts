/**
 * A fault in the engine: what is imported after this has it. It imports nothing of the engine itself.
 * @module
 */
import { registerHooks } from "node:module";
import { changed, type Mutant } from "./mutants.ts";

/** For a process of its own: from here on, each import of the file has the fault. */
export function makeEngineMutant(mutant: Mutant): void {
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (!url.endsWith(`/${mutant.of}`)) return loaded;
      return { ...loaded, source: changed(String(loaded.source), mutant) };
    },
  });
}
