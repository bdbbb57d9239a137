import { constants } from "node:fs";
import { type FileHandle, open, realpath } from "node:fs/promises";
import { isAbsolute, join, relative, resolve, sep } from "node:path";

import type { Logger } from "@openclaw/gateway-core/ports";

import { type AgentSettings, DEFAULT_BOOTSTRAP_MAX_CHARS } from "../settings.ts";
import { headAndTail, joinParts } from "../text-bounds.ts";

/** The agent's own files, in the order in which the prompt shows them. */
const WORKSPACE_FILE_NAMES = ["AGENTS.md", "SOUL.md", "TOOLS.md", "IDENTITY.md", "USER.md"] as const;

/** A sub-agent has a task, not a person. Source: workspace facts 5.1. */
const SUBAGENT_FILE_NAMES = ["AGENTS.md", "TOOLS.md"] as const;

export interface WorkspaceFile {
  readonly name: string;
  /** Undefined when there is no such file, or none that may be read. */
  readonly text: string | undefined;
}

export interface WorkspaceSnapshot {
  readonly directory: string;
  readonly files: readonly WorkspaceFile[];
}

interface CachedFile {
  readonly stamp: string;
  readonly text: string;
}

const MAX_CACHED_FILES = 200;
const MAX_BYTES_PER_CHARACTER = 4;

/** Reads the workspace files of agents. A file that did not change since the last turn is not read again. */
export class WorkspaceFiles {
  readonly #log: Logger;
  readonly #cache = new Map<string, CachedFile>();

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Undefined when the agent has no workspace. Never throws: a file that can not be read is missing, and logged. */
  async read(agent: AgentSettings, isSubagent = false): Promise<WorkspaceSnapshot | undefined> {
    if (agent.workspace === undefined || agent.workspace === "") return undefined;
    const directory = resolve(agent.workspace);
    const limit = agent.bootstrapMaxChars ?? DEFAULT_BOOTSTRAP_MAX_CHARS;
    const names = isSubagent ? SUBAGENT_FILE_NAMES : WORKSPACE_FILE_NAMES;
    const texts = await Promise.all(names.map((name) => this.#readOne(directory, name, limit)));
    return { directory, files: names.map((name, index) => ({ name, text: texts[index] })) };
  }

  async #readOne(directory: string, name: string, limit: number): Promise<string | undefined> {
    const path = join(directory, name);
    try {
      const real = await realpath(path);
      if (!isInside(await realpath(directory), real)) {
        this.#log.warn("a workspace file leads out of the workspace and is not read", { path });
        return undefined;
      }
      // No waiting on a pipe that bears the name, and no following of a link put there since the check.
      const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
      await using file = await open(real, flags);
      return await this.#contents(file, real, limit);
    } catch (error) {
      if (!isMissing(error)) this.#log.warn("a workspace file can not be read", { path, error });
      return undefined;
    }
  }

  async #contents(file: FileHandle, path: string, limit: number): Promise<string | undefined> {
    const stat = await file.stat({ bigint: true });
    if (!stat.isFile()) return undefined;
    const stamp = [stat.mtimeNs, stat.size, stat.ino, limit].join(":");
    const cached = this.#cache.get(path);
    if (cached?.stamp === stamp) return cached.text;
    const text = await readBounded(file, Number(stat.size), limit);
    if (stat.size > BigInt(text.length) * BigInt(MAX_BYTES_PER_CHARACTER) || text.length > limit) {
      this.#log.warn("a workspace file is too long and goes into the prompt shortened", { path, limit });
    }
    this.#remember(path, { stamp, text });
    return text;
  }

  #remember(path: string, file: CachedFile): void {
    this.#cache.delete(path);
    this.#cache.set(path, file);
    const [oldest] = this.#cache.keys();
    if (this.#cache.size > MAX_CACHED_FILES && oldest !== undefined) this.#cache.delete(oldest);
  }
}

/** Never reads more than a few times the limit, however long the file is. */
async function readBounded(file: FileHandle, size: number, limit: number): Promise<string> {
  const most = limit * MAX_BYTES_PER_CHARACTER;
  if (size <= most * 2) return headAndTail(await readText(file, 0, size), limit);
  const headLength = Math.ceil(limit * 0.75);
  const tailLength = limit - headLength;
  const head = await readText(file, 0, headLength * MAX_BYTES_PER_CHARACTER);
  const tail = await readText(file, size - tailLength * MAX_BYTES_PER_CHARACTER, tailLength * MAX_BYTES_PER_CHARACTER);
  return joinParts(head.slice(0, headLength), tail.slice(-tailLength), size);
}

async function readText(file: FileHandle, position: number, length: number): Promise<string> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.toString("utf8", 0, bytesRead);
}

function isInside(directory: string, path: string): boolean {
  const way = relative(directory, path);
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}
