import { constants } from "node:fs";
import { type FileHandle, lstat, open, realpath } from "node:fs/promises";
import { basename, isAbsolute, join, relative, resolve, sep } from "node:path";

import { MediaError } from "./errors.ts";

/** An open file, and what it is called. */
export interface ContainedFile extends AsyncDisposable {
  readonly handle: FileHandle;
  readonly size: number;
  readonly fileName: string;
}

/**
 * Opens a regular file that lies in one of the directories. Relative paths count from the first of them. Throws
 * MediaError `refused` for anything that leads out of them: `..`, absolute paths elsewhere, symbolic links on the way.
 */
export async function openContained(path: string, roots: readonly string[]): Promise<ContainedFile> {
  if (path.includes("\0")) throw new MediaError("refused", "the path is none");
  for (const root of roots) {
    const base = await realpath(root).catch(() => undefined);
    if (base === undefined) continue;
    const wanted = withinRoot(path, root, base);
    if (wanted !== undefined) return openRegular(wanted);
    // Relative paths belong to the first directory alone.
    if (!isAbsolute(path)) break;
  }
  throw new MediaError("refused", "only files in the agent's workspace can be sent");
}

/** The path in the real directory; undefined when it leads out of it. */
function withinRoot(path: string, root: string, base: string): string | undefined {
  for (const from of new Set([resolve(root), base])) {
    const inside = relative(from, resolve(from, path));
    if (inside !== "" && inside !== ".." && !inside.startsWith(`..${sep}`) && !isAbsolute(inside)) {
      return join(base, inside);
    }
  }
  return undefined;
}

async function openRegular(path: string): Promise<ContainedFile> {
  await assertNoLinks(path);
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(path, flags).catch(() => {
    throw new MediaError("missing", "there is no such file, or it can not be read");
  });
  try {
    const opened = await handle.stat();
    if (!opened.isFile()) throw new MediaError("refused", "only regular files can be sent");
    // A directory on the way that was replaced by a link in between would show another file now.
    await assertNoLinks(path);
    const now = await lstat(path);
    if (now.ino !== opened.ino || now.dev !== opened.dev) throw new MediaError("refused", "the file has changed");
    return {
      handle,
      size: opened.size,
      fileName: basename(path),
      [Symbol.asyncDispose]: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function assertNoLinks(path: string): Promise<void> {
  const real = await realpath(path).catch(() => {
    throw new MediaError("missing", "there is no such file, or it can not be read");
  });
  if (real !== path) throw new MediaError("refused", "symbolic links are not followed");
}
