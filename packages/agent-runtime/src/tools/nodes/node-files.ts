import { randomUUID } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

const MAX_BYTES = 16_777_216;
const MAX_KEPT = 32;
const EXTENSIONS: Readonly<Record<string, string>> = { jpg: "jpg", jpeg: "jpg", png: "png", mp4: "mp4" };
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/u;

/** Files made of what nodes answered; the newest 32 are kept, so that the agent can send them. */
export class NodeFiles {
  readonly #directory: string;
  readonly #kept: string[] = [];

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Writes `{format, base64}` to a new file that only this user can read. Undefined for anything else. */
  async write(payload: unknown): Promise<string | undefined> {
    const { format, base64 } = (typeof payload === "object" && payload !== null ? payload : {}) as MaybeMedia;
    const extension = typeof format === "string" ? EXTENSIONS[format.toLowerCase()] : undefined;
    if (extension === undefined || typeof base64 !== "string" || !BASE64.test(base64)) return undefined;
    const bytes = Buffer.from(base64, "base64");
    if (bytes.length === 0 || bytes.length > MAX_BYTES) return undefined;
    const path = join(this.#directory, `${randomUUID()}.${extension}`);
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    await writeFile(path, bytes, { mode: 0o600, flag: "wx" });
    this.#kept.push(path);
    const oldest = this.#kept.length > MAX_KEPT ? this.#kept.shift() : undefined;
    if (oldest !== undefined) await rm(oldest, { force: true });
    return path;
  }
}

interface MaybeMedia {
  readonly format?: unknown;
  readonly base64?: unknown;
}
