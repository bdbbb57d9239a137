import { chmod, lstat, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";

/** The bounds of everything a gateway writes to its log. Sizes in bytes (F38). */
export interface LogLimits {
  readonly fileBytes: number;
  readonly totalBytes: number;
  readonly ageDays: number;
}

export const DEFAULT_LOG_LIMITS: LogLimits = {
  fileBytes: 32 * 1024 * 1024,
  totalBytes: 256 * 1024 * 1024,
  ageDays: 14,
};

const DAY_MS = 86_400_000;
const DATE_PLACE = "YYYY-MM-DD";

/** How the files of a log are named. */
export interface LogLayout {
  readonly directory: string;
  /** True when the date is part of the name that is written. */
  readonly dated: boolean;
  /** The file that is written on a day. */
  currentName(day: string): string;
  /** The name of a full file, counted from 1 within a day. */
  archivedName(day: string, count: number): string;
  /** True for the name of any file of this log, but for one that is written under a fixed name. */
  owns(name: string): boolean;
}

/** One file a day, the date in its name where `file` has YYYY-MM-DD; else full and older files get the date. */
export function layoutFor(file: string): LogLayout {
  const directory = dirname(file);
  const name = basename(file);
  const extension = extname(name);
  const stem = name.slice(0, name.length - extension.length);
  const dated = stem.includes(DATE_PLACE);
  const [before = "", after = ""] = dated ? stem.split(DATE_PLACE) : [`${stem}.`, ""];
  const shape = new RegExp(
    `^${escape(before)}\\d{4}-\\d{2}-\\d{2}${escape(after)}(?:\\.\\d{1,6})?${escape(extension)}$`,
  );
  return {
    directory,
    dated,
    currentName: (day) => (dated ? `${before}${day}${after}${extension}` : name),
    archivedName: (day, count) => `${before}${day}${after}.${count}${extension}`,
    owns: (candidate) => shape.test(candidate),
  };
}

/** The date of an instant where the host is. */
export function localDay(time: number): string {
  const date = new Date(time);
  const parts = [date.getFullYear(), date.getMonth() + 1, date.getDate()];
  return parts.map((part, index) => String(part).padStart(index === 0 ? 4 : 2, "0")).join("-");
}

/**
 * Makes the directory when it is missing, for the owner alone. One in a place that everybody can write to (`guarded`)
 * must belong to this user and be no link, or whoever made it could send the log elsewhere: then it is refused.
 */
export async function prepareLogDirectory(directory: string, guarded: boolean): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  if (!guarded || process.getuid === undefined) return;
  const stats = await lstat(directory);
  if (!stats.isDirectory() || stats.uid !== process.getuid()) {
    throw Object.assign(new Error(`${directory} belongs to another user or is a link`), { code: "EPERM" });
  }
  if ((stats.mode & 0o077) !== 0) await chmod(directory, 0o700);
}

/** Gives the current file an archive name, the first that is free. */
export async function archive(layout: LogLayout, current: string, day: string): Promise<void> {
  const taken = new Set(await readdir(layout.directory));
  for (let count = 1; count < 1_000_000; count += 1) {
    const name = layout.archivedName(day, count);
    if (taken.has(name)) continue;
    await rename(join(layout.directory, current), join(layout.directory, name));
    return;
  }
}

/** Deletes files of this log that are too old, then the oldest ones until the rest is within the total size. */
export async function prune(layout: LogLayout, limits: LogLimits, now: number, current: string): Promise<void> {
  const files: { path: string; size: number; changed: number }[] = [];
  for (const name of await readdir(layout.directory)) {
    if (name === current || !layout.owns(name)) continue;
    const path = join(layout.directory, name);
    const stats = await stat(path).catch(() => undefined);
    if (stats?.isFile() === true) files.push({ path, size: stats.size, changed: stats.mtimeMs });
  }
  files.sort((one, other) => other.changed - one.changed);
  // The file being written may grow to its own limit.
  let total = limits.fileBytes;
  for (const { path, size, changed } of files) {
    total += size;
    if (total > limits.totalBytes || now - changed > limits.ageDays * DAY_MS) await rm(path, { force: true });
  }
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
