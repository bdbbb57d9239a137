import { constants } from "node:fs";
import { access, realpath, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join, resolve } from "node:path";

/** Where a program is looked for. */
export interface ProgramPlaces {
  readonly workdir: string;
  readonly directories: readonly string[];
}

/** The directories of a PATH; relative ones are left out, because what they mean depends on where one stands. */
export function pathDirectories(path: string | undefined): readonly string[] {
  return (path ?? "").split(delimiter).filter((directory) => isAbsolute(directory));
}

/** The file that a program's name means, symbolic links followed; undefined when there is none that can be run. */
export async function findProgram(name: string, { workdir, directories }: ProgramPlaces): Promise<string | undefined> {
  const candidates = name.includes("/")
    ? [resolve(workdir, name)]
    : directories.map((directory) => join(directory, name));
  for (const candidate of candidates) {
    try {
      const path = await realpath(candidate);
      await access(path, constants.X_OK);
      if ((await stat(path)).isFile()) return path;
    } catch {
      // Not there, or not ours to run: the next place may have it.
    }
  }
  return undefined;
}
