import type { Workspace } from "./workspace.ts";

/** One breach of a rule. */
export interface Violation {
  /** Relative to the root. */
  readonly file: string;
  readonly line: number;
  readonly rule: string;
  /** What to do. */
  readonly remedy: string;
}

/** Looks at a workspace and answers what breaks one kind of rule. */
export type Rule = (workspace: Workspace) => readonly Violation[];

/** `file:line → rule → what to do`. */
export function describeViolation({ file, line, rule, remedy }: Violation): string {
  return `${file}:${line} → ${rule} → ${remedy}`;
}
