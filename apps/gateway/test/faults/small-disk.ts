import { spawnSync } from "node:child_process";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { mkdir } from "node:fs/promises";

import { createTempDirectory } from "@openclaw/testkit/temp-directory";

const BLOCK = Buffer.alloc(64 * 1024);

/** A file system of a few MiB, which can be filled up. */
export interface SmallDisk extends AsyncDisposable {
  readonly path: string;
  /** Takes all the room that is left. */
  fill(): void;
  /** Gives it back. */
  free(): void;
}

/** Why this machine can have no small disk; undefined when it can. */
export function whyNoSmallDisk(): string | undefined {
  if (process.platform !== "linux") return "only Linux has tmpfs";
  return process.getuid?.() === 0 ? undefined : "only root can mount a tmpfs";
}

/** Mounts a disk of `mebibytes`. Throws with what `mount` says when that is not allowed. */
export async function mountSmallDisk(mebibytes: number): Promise<SmallDisk> {
  const directory = await createTempDirectory("openclaw-disk");
  const path = `${directory.path}/disk`;
  await mkdir(path);
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${mebibytes}m`, "tmpfs", path], { encoding: "utf8" });
  if (mounted.status !== 0) {
    await directory[Symbol.asyncDispose]();
    throw new Error(`A tmpfs could not be mounted: ${mounted.stderr || String(mounted.error)}`);
  }
  const filler = `${path}/filler`;
  return {
    path,
    fill: () => {
      const file = openSync(filler, "a");
      try {
        while (writeSync(file, BLOCK) === BLOCK.length);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
      } finally {
        closeSync(file);
      }
    },
    free: () => rmSync(filler, { force: true }),
    [Symbol.asyncDispose]: async () => {
      spawnSync("umount", ["--lazy", path]);
      await directory[Symbol.asyncDispose]();
    },
  };
}
