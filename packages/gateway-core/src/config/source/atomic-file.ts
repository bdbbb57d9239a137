import { randomBytes } from "node:crypto";
import { link, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

const PRIVATE_DIRECTORY = 0o700;
const PRIVATE_FILE = 0o600;

/** Creates a directory, and its missing parents, that only the owner may enter. Leaves an existing one as it is. */
export async function ensurePrivateDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: PRIVATE_DIRECTORY });
}

/**
 * Replaces a file so that whoever reads it, at any instant and after any crash, finds the old content or the new one
 * and never a part (F28). Only the owner may read the result. Rejects with the system's error, leaving the old file.
 */
export async function writeFileAtomically(path: string, content: string): Promise<void> {
  await writeThenMove(path, content, (temporary) => rename(temporary, path));
}

/** As `writeFileAtomically`, but answers false, and changes nothing, when the file exists already. */
export async function createFileAtomically(path: string, content: string): Promise<boolean> {
  return writeThenMove(path, content, async (temporary) => {
    try {
      // A hard link fails when the name is taken, also when someone else took it a moment ago; a rename would not.
      await link(temporary, path);
      return true;
    } catch (error) {
      if (isErrorCode(error, "EEXIST")) return false;
      throw error;
    } finally {
      await rm(temporary, { force: true });
    }
  });
}

export function isErrorCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

async function writeThenMove<T>(path: string, content: string, move: (temporary: string) => Promise<T>): Promise<T> {
  await ensurePrivateDirectory(dirname(path));
  const temporary = `${path}.${process.pid}-${randomBytes(6).toString("hex")}.tmp`;
  try {
    const file = await open(temporary, "wx", PRIVATE_FILE);
    try {
      await file.writeFile(content, "utf8");
      await file.sync();
    } finally {
      await file.close();
    }
    const result = await move(temporary);
    await syncDirectory(dirname(path));
    return result;
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Makes the new name itself survive a power cut. Not every system can sync a directory; the content is safe anyway. */
async function syncDirectory(path: string): Promise<void> {
  try {
    const directory = await open(path, "r");
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  } catch {
    // Windows refuses to open a directory.
  }
}
