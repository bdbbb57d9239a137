import { PACKAGE_RULES, TEST_IMPORTS } from "../matrix.ts";
import type { Rule, Violation } from "../violation.ts";
import type { SourceFile } from "../workspace.ts";

/** Which package may import which, by which entry point, and that nobody reaches into another package's files. */
export const packageImports: Rule = (workspace) => {
  const violations: Violation[] = [];
  for (const file of workspace.files) {
    for (const imported of file.facts.imports) {
      const target = workspace.resolve(file, imported);
      const at = { file: file.path, line: imported.line };
      if (target.kind === "missing") {
        const remedy = `nothing answers to "${imported.specifier}"; correct the path (relative ones end in .ts) or the package's exports`;
        violations.push({ ...at, rule: "unresolved import", remedy });
      } else if (target.kind === "file" && !target.path.startsWith(`${file.package.folder}/`)) {
        violations.push({
          ...at,
          rule: "relative import of another package",
          remedy: "import it by the package's name and entry point",
        });
      } else if (target.kind === "workspace" && target.package !== file.package && !isAllowed(file, target.entry)) {
        const may = allowedImports(file);
        const remedy = `${file.package.folder} (${file.kind}) may import ${may.length === 0 ? "no other package" : may.join(", ")}; take what you need as a parameter, or move it`;
        violations.push({ ...at, rule: `may not import ${target.entry}`, remedy });
      }
    }
  }
  return violations;
};

function isAllowed(file: SourceFile, entry: string): boolean {
  if (PACKAGE_RULES[file.package.folder]?.imports === "any") return true;
  return allowedImports(file).some((allowed) => entry === allowed || entry.startsWith(`${allowed}/`));
}

function allowedImports(file: SourceFile): readonly string[] {
  const rule = PACKAGE_RULES[file.package.folder];
  const source = rule === undefined || rule.imports === "any" ? [] : rule.imports;
  return file.kind === "source" ? source : [...source, ...(rule?.testImports ?? []), ...TEST_IMPORTS];
}
