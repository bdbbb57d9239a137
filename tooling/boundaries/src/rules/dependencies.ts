import type { Rule, Violation } from "../violation.ts";
import type { SourceFile } from "../workspace.ts";

/** Whatever is imported is declared by the package itself, and what users need at run time is no development tool. */
export const declaredDependencies: Rule = (workspace) => {
  const violations: Violation[] = [];
  for (const file of workspace.files) {
    const { manifest } = file.package;
    const runtime = { ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.optionalDependencies };
    const development = manifest.devDependencies ?? {};
    for (const imported of file.facts.imports) {
      const target = workspace.resolve(file, imported);
      const name =
        target.kind === "library" ? target.name : target.kind === "workspace" ? target.package.name : undefined;
      if (name === undefined || name === file.package.name || Object.hasOwn(runtime, name)) continue;
      const needsRuntime = shipsItsImports(file);
      if (!needsRuntime && (Object.hasOwn(development, name) || workspace.rootTools.has(name))) continue;
      const at = { file: file.path, line: imported.line };
      const field = needsRuntime ? "dependencies" : "devDependencies";
      const rule = Object.hasOwn(development, name)
        ? `${name} is only a development dependency`
        : `${name} is not declared`;
      violations.push({ ...at, rule, remedy: `add it to the ${field} of ${file.package.folder}/package.json` });
    }
  }
  return violations;
};

/** Sources of a published library import at their user's. Applications are bundled, private packages stay here. */
function shipsItsImports(file: SourceFile): boolean {
  return file.kind === "source" && !file.package.private && file.package.folder.startsWith("packages/");
}
