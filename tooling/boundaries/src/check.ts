import { noCycles } from "./rules/cycles.ts";
import { declaredDependencies } from "./rules/dependencies.ts";
import { filesAndFolders } from "./rules/files.ts";
import { packageImports } from "./rules/packages.ts";
import { placesOfUse } from "./rules/places.ts";
import { roomImports } from "./rules/rooms.ts";
import { packageShape } from "./rules/shape.ts";
import type { Rule, Violation } from "./violation.ts";
import { readWorkspace } from "./workspace.ts";

const RULES: readonly Rule[] = [
  packageImports,
  roomImports,
  placesOfUse,
  noCycles,
  declaredDependencies,
  packageShape,
  filesAndFolders,
];

export interface CheckResult {
  readonly packages: number;
  readonly modules: number;
  /** By file and line. */
  readonly violations: readonly Violation[];
}

/** Checks the workspace below a folder against every rule. */
export function checkWorkspace(root: string): CheckResult {
  const workspace = readWorkspace(root);
  const violations = RULES.flatMap((rule) => rule(workspace));
  return {
    packages: workspace.packages.length,
    modules: workspace.files.length,
    violations: violations.toSorted((one, other) => one.file.localeCompare(other.file) || one.line - other.line),
  };
}
