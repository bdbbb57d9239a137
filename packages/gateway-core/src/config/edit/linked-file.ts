import { realpath } from "node:fs/promises";

import { isErrorCode } from "../source/atomic-file.ts";

/** Where to write so that a file that is a link stays one: what it points to is replaced. */
export async function throughLinks(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (isErrorCode(error, "ENOENT")) return path;
    throw error;
  }
}
