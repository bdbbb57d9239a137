import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";

import { createFileAtomically, isErrorCode } from "./atomic-file.ts";

const KEY_BYTES = 32;

/** The key in a file that only its owner may read; made at the first use. Rejects when it can not be read or made. */
export async function readOrCreateKey(path: string): Promise<Uint8Array> {
  const known = await readKey(path);
  if (known) return known;
  await createFileAtomically(path, `${randomBytes(KEY_BYTES).toString("base64url")}\n`);
  const made = await readKey(path);
  if (made) return made;
  throw new Error(`The key file ${path} was made and is gone.`);
}

async function readKey(path: string): Promise<Uint8Array | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (isErrorCode(error, "ENOENT")) return undefined;
    throw error;
  }
  const key = Buffer.from(text.trim(), "base64url");
  if (key.length === KEY_BYTES) return key;
  throw new Error(
    `The key file ${path} does not hold a key of ${KEY_BYTES} bytes. Put its backup in place, or remove it: then every device gets a new token.`,
  );
}
