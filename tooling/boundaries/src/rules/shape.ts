import { existsSync } from "node:fs";
import { join } from "node:path/posix";

import { CHANNEL_FILES } from "../matrix.ts";
import type { Rule, Violation } from "../violation.ts";
import type { WorkspacePackage } from "../workspace.ts";

/** Packages look alike: whoever knows one finds the way in all of them. */
export const packageShape: Rule = (workspace) => {
  const violations: Violation[] = [];
  for (const owner of workspace.packages) {
    const manifest = `${owner.folder}/package.json`;
    const report = (rule: string, remedy: string) => violations.push({ file: manifest, line: 1, rule, remedy });
    const has = (path: string) => existsSync(join(workspace.root, owner.folder, path));
    for (const path of requiredFiles(owner)) {
      if (!has(path)) report(`${path} is missing`, `every package of this kind has one; add ${owner.folder}/${path}`);
    }
    if (!owner.folder.startsWith("packages/")) continue;
    const { exports = {}, publishConfig } = owner.manifest;
    if (!("./package.json" in exports))
      report("exports lacks ./package.json", 'add "./package.json": "./package.json"');
    const published = Object.keys(publishConfig?.exports ?? {}).join(" ");
    if (published !== Object.keys(exports).join(" ")) {
      report(
        "publishConfig.exports differs from exports",
        "list the same entry points, in the same order, without the source condition",
      );
    }
    for (const [entry, target] of Object.entries(exports)) {
      const source =
        typeof target === "object" && target !== null && "@openclaw/source" in target
          ? target["@openclaw/source"]
          : undefined;
      if (typeof source === "string" && !has(source))
        report(`exports ${entry} has no source`, `add ${owner.folder}/${source.slice(2)}, or take the entry out`);
    }
  }
  return violations;
};

function requiredFiles(owner: WorkspacePackage): readonly string[] {
  const always = ["README.md", "tsconfig.json"];
  if (!owner.folder.startsWith("packages/")) return owner.folder === "tooling/tsconfig" ? [] : always;
  const isChannel = /^packages\/channels-(?!contract$)/.test(owner.folder);
  return [
    ...always,
    "tsconfig.build.json",
    "src/index.ts",
    "test/surface.test.ts",
    ...(isChannel ? CHANNEL_FILES : []),
  ];
}
