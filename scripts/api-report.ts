/**
 * The public surface of the package, as its declarations have it, in docs/api.txt: where it moves, a commit shows it, and a test fails until
 * `node scripts/api-report.ts` has been run.
 * @module
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ts from "typescript-5";
import { buildPackage } from "./build-package.ts";

const printer = ts.createPrinter({ removeComments: true });

/** What each entry of a built package exports, and the declaration of each name, without its comments. */
export function apiReport(folder: string): string {
  const { exports } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { exports: Record<string, { types: string }> };
  const files = Object.values(exports).map(({ types }) => join(folder, types));
  const options = { module: ts.ModuleKind.NodeNext, noEmit: true, noLib: true, types: [], allowImportingTsExtensions: true };
  const program = ts.createProgram(files, options);
  const checker = program.getTypeChecker();
  const declarations = new Map<string, string>();

  const entries = Object.keys(exports).map((entry, index) => {
    const file = program.getSourceFile(files[index] ?? "");
    const module = file && checker.getSymbolAtLocation(file);
    const names = (module ? checker.getExportsOfModule(module) : []).map((symbol) => {
      const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      declarations.set(symbol.name, (target.declarations ?? []).map(print).join("\n"));
      return symbol.name;
    });
    return `mayfly${entry.slice(1)}: ${names.toSorted((a, b) => (a < b ? -1 : 1)).join(", ")}`;
  });
  const each = [...declarations].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text);
  return `${[...entries, ...each].join("\n\n")}\n`;
}

function print(declaration: ts.Declaration): string {
  const node = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  return printer.printNode(ts.EmitHint.Unspecified, node, declaration.getSourceFile());
}

if (import.meta.main) {
  const folder = mkdtempSync(join(tmpdir(), "mayfly-api-"));
  try {
    buildPackage(folder);
    writeFileSync(join(import.meta.dirname, "../docs/api.txt"), apiReport(folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
