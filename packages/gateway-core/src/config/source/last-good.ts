import { writeFileAtomically } from "./atomic-file.ts";
import { readBoundedFile, SourceFileError } from "./json5-file.ts";
import { isPlainObject } from "./tree.ts";

/** A configuration that was in use without a problem: includes put in, references to variables kept as they are. */
export interface LastGood {
  readonly configFile: string;
  /** SHA-256 of the main file it was read from. */
  readonly hash: string | undefined;
  readonly savedAt: number;
  readonly value: unknown;
}

const FORMAT = 1;

/** Keeps a configuration for a start that finds a broken one. Rejects with the system's error. */
export async function saveLastGood(path: string, good: LastGood): Promise<void> {
  const known = await readLastGood(path);
  const unchanged = known?.configFile === good.configFile && JSON.stringify(known.value) === JSON.stringify(good.value);
  if (unchanged) return;
  await writeFileAtomically(path, `${JSON.stringify({ format: FORMAT, ...good })}\n`);
}

/** What was kept, or undefined when there is nothing usable. */
export async function readLastGood(path: string): Promise<LastGood | undefined> {
  try {
    const stored: unknown = JSON.parse((await readBoundedFile(path)) ?? "null");
    if (!isPlainObject(stored) || stored["format"] !== FORMAT) return undefined;
    const { configFile, hash, savedAt, value } = stored;
    if (typeof configFile !== "string" || typeof savedAt !== "number" || !isPlainObject(value)) return undefined;
    return { configFile, hash: typeof hash === "string" ? hash : undefined, savedAt, value };
  } catch (error) {
    if (error instanceof SourceFileError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
