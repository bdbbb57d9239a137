import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A new empty directory that is removed when it is disposed. */
export interface TempDirectory extends AsyncDisposable {
  readonly path: string;
}

export async function createTempDirectory(name = "openclaw-test"): Promise<TempDirectory> {
  const path = await mkdtemp(join(tmpdir(), `${name}-`));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
}
