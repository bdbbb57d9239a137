import { constants } from "node:fs";
import { open, realpath } from "node:fs/promises";
import { join, sep } from "node:path";

const FILE_NAME = "HEARTBEAT.md";
const MAX_BYTES = 80_000;
const MAX_CHARACTERS = 20_000;

/** The file that says what to look at when nobody asked. */
export interface Checklist {
  readonly text: string;
  /** Nothing in it but blank lines, headings and comments. */
  readonly isEmpty: boolean;
}

/** The checklist in an agent's workspace; undefined when there is none, or none that may be read. Never throws. */
export async function readChecklist(workspace: string): Promise<Checklist | undefined> {
  try {
    const real = await realpath(join(workspace, FILE_NAME));
    if (!real.startsWith(`${await realpath(workspace)}${sep}`)) return undefined;
    await using file = await open(real, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    if (!(await file.stat()).isFile()) return undefined;
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(MAX_BYTES), position: 0 });
    const text = buffer.toString("utf8", 0, bytesRead).slice(0, MAX_CHARACTERS);
    return { text, isEmpty: isChecklistEmpty(text) };
  } catch {
    return undefined;
  }
}

export function isChecklistEmpty(text: string): boolean {
  const lines = text.replaceAll(/<!--[\s\S]*?(?:-->|$)/g, "").split("\n");
  return lines.every((line) => /^\s*(?:#.*)?$/.test(line));
}
