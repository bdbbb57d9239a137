import type { JobDefinition, JobIsolation } from "./job.ts";

const SUMMARY_LENGTH = 400;
const DEFAULT_MAX_CHARS = 8_000;

/** The line that a job's own turn leaves in the main session; undefined when there is nothing to tell. */
export function mainLine(
  { name, isolation = {} }: Pick<JobDefinition, "name" | "isolation">,
  text: string,
): string | undefined {
  const settings: JobIsolation = isolation;
  const { postToMainPrefix = "Cron", postToMainMode = "summary", postToMainMaxChars = DEFAULT_MAX_CHARS } = settings;
  const wanted = postToMainMode === "full" ? text : text.replaceAll(/\s+/g, " ").slice(0, SUMMARY_LENGTH);
  const told = wanted.slice(0, postToMainMaxChars).trim();
  return told === "" ? undefined : `${postToMainPrefix} (${name}): ${told}`;
}
