import { basename, dirname } from "node:path/posix";

import { EMPTY_WORDS, ITEM_FOLDERS, LONGEST_FILE, LONGEST_INDEX, MOST_FILES } from "../matrix.ts";
import type { Rule, Violation } from "../violation.ts";
import type { SourceFile } from "../workspace.ts";

const KEBAB_CASE = /^[a-z0-9]+(?:[.-][a-z0-9]+)*$/;
/** The protocol has methods such as exec.approval.waitDecision, and a method's file is named after it. */
const METHOD_FILE = /\/methods\/[a-z0-9-]+(?:\.[a-z][a-zA-Z0-9-]*)+\.ts$/;

/** Names that say something, files that fit a screen or two, folders that can be taken in at a glance. */
export const filesAndFolders: Rule = (workspace) => {
  const violations: Violation[] = [];
  const folders = new Map<string, number>();
  for (const file of workspace.files) {
    violations.push(...checkFile(file));
    if (file.kind !== "source" || isGenerated(file.path) || isEntryPoint(file)) continue;
    const folder = dirname(file.path);
    folders.set(folder, (folders.get(folder) ?? 0) + 1);
  }
  for (const [folder, count] of folders) {
    if (count <= MOST_FILES || ITEM_FOLDERS.has(basename(folder))) continue;
    violations.push({
      file: folder,
      line: 1,
      rule: `${count} files in one folder`,
      remedy: `${MOST_FILES} at most; put files that belong together into a folder of their own`,
    });
  }
  return violations;
};

function checkFile({ path, facts }: SourceFile): readonly Violation[] {
  const violations: Violation[] = [];
  const report = (rule: string, remedy: string, line = 1) => violations.push({ file: path, line, rule, remedy });
  const name = basename(path).replace(/\.[^.]+$/, "");
  const empty = path.split(/[/.-]/).find((word) => EMPTY_WORDS.has(word));
  if (empty !== undefined) report(`"${empty}" in a name`, "name the file after what is in it");
  if (!KEBAB_CASE.test(name) && !METHOD_FILE.test(path))
    report("name is not in kebab-case", "use lower-case words with hyphens between them");
  for (const { line, message } of facts.syntaxErrors) report("can not be parsed", message, line);
  if (isGenerated(path)) return violations;
  if (facts.lineCount > LONGEST_FILE)
    report(`${facts.lineCount} lines`, `${LONGEST_FILE} at most; split it by what it does`);
  if (name === "index") {
    for (const line of facts.ownStatementLines)
      report("index.ts holds code", "move it to a file with a name; index.ts only exports", line);
    for (const line of facts.exportAllLines)
      report("index.ts exports everything of a file", "name what it exports", line);
    if (facts.lineCount > LONGEST_INDEX)
      report(`index.ts has ${facts.lineCount} lines`, `${LONGEST_INDEX} at most; split it into entry points`);
  }
  return violations;
}

/** Entry points stand in the source root whatever they are for. */
function isEntryPoint({ path, package: owner }: SourceFile): boolean {
  return JSON.stringify(owner.manifest.exports ?? {}).includes(`"./${path.slice(owner.folder.length + 1)}"`);
}

function isGenerated(path: string): boolean {
  return /\.gen\.[jt]s$/.test(path);
}
