/** One thing that is wrong in a configuration. Holds no secret. */
export interface ConfigIssue {
  /** The file that holds it: the configuration file, or one that it includes. */
  readonly file: string;
  /** Path of the key, for example `agents.list[0].id`; empty for the file as a whole. */
  readonly path: string;
  /** What was found, and what is expected. */
  readonly message: string;
}

const ISSUES_IN_MESSAGE = 8;

/** A configuration that can not be used. The message is one line that names every problem, up to a bound (R2.1). */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly file: string;
  readonly issues: readonly ConfigIssue[];
  /** What to do about it. */
  readonly remedy: string;

  /** Without a subject and a remedy, it is a configuration file that can not be used, and that must be corrected. */
  constructor(file: string, issues: readonly ConfigIssue[], options: { subject?: string; remedy?: string } = {}) {
    const { subject = `The configuration ${file}`, remedy } = options;
    super(`${subject} can not be used: ${summary(file, issues)}`);
    this.file = file;
    this.issues = issues;
    this.remedy = remedy ?? `Correct ${file} and start again; docs/config.md lists every key.`;
  }
}

/** An issue as `path: message`, with the file in front when it is not `mainFile`. */
export function describeIssue(issue: ConfigIssue, mainFile: string): string {
  const place = issue.path === "" ? "" : `${issue.path}: `;
  return issue.file === mainFile ? `${place}${issue.message}` : `${issue.file}: ${place}${issue.message}`;
}

function summary(file: string, issues: readonly ConfigIssue[]): string {
  const told = issues.slice(0, ISSUES_IN_MESSAGE).map((issue) => describeIssue(issue, file));
  if (issues.length > told.length) told.push(`and ${issues.length - told.length} more`);
  return told.join("; ");
}
