/**
 * Keeps compiled modules for all processes of a test run, of which there are hundreds: `node --import ./scripts/compile-cache.ts`.
 * @module
 */
import { enableCompileCache } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), "mayfly-compile-cache");
enableCompileCache();
