import { createHash, randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";

import { ApprovalsFileError } from "../errors.ts";
import { EMPTY_APPROVALS, type ExecApprovalsFile, parseApprovals } from "./approvals-file.ts";

export interface ApprovalsSnapshot {
  readonly path: string;
  readonly exists: boolean;
  /** SHA-256 of the file's bytes, in hex; of nothing when there is no file. */
  readonly hash: string;
  readonly file: ExecApprovalsFile;
}

const MAX_BYTES = 1_048_576;
const WRITABLE_BY_OTHERS = 0o022;

/** The approvals file of one machine: mode 0600, replaced in one step, changed by one writer of this process at a time. */
export class ApprovalsStore {
  readonly path: string;
  #last: Promise<unknown> = Promise.resolve();

  constructor(path: string) {
    this.path = path;
  }

  /** What the file says now. Throws ApprovalsFileError for one that can not be trusted, so that nothing is allowed by it. */
  async read(): Promise<ApprovalsSnapshot> {
    const text = await this.#text();
    if (text === undefined) return { path: this.path, exists: false, hash: hashOf(""), file: EMPTY_APPROVALS };
    return { path: this.path, exists: true, hash: hashOf(text), file: parseApprovals(this.#json(text)) };
  }

  /**
   * Replaces the file, if it is still the one that `baseHash` names; a first file needs none. What the file says of the
   * socket stays, unless the new one says it too. Throws ApprovalsFileError.
   */
  write(file: unknown, baseHash: string | undefined): Promise<ApprovalsSnapshot> {
    return this.#alone(async () => {
      const wanted = parseApprovals(file);
      const text = await this.#text();
      if (text !== undefined && baseHash === undefined) {
        const advice = "exec approvals base hash required; re-run exec.approvals.get and retry";
        throw new ApprovalsFileError("base-hash-required", advice);
      }
      if (baseHash !== undefined && baseHash !== hashOf(text ?? "")) throw changed();
      const socket = { ...this.#socketOf(text), ...wanted.socket };
      return this.#replace(text, Object.keys(socket).length === 0 ? wanted : { ...wanted, socket });
    });
  }

  /** Puts this file in the place of whatever is there, also of one that is broken. Throws ApprovalsFileError. */
  replace(file: unknown): Promise<ApprovalsSnapshot> {
    return this.#alone(async () => {
      const wanted = parseApprovals(file);
      const text = await this.#text();
      const socket = { ...this.#socketOf(text), ...wanted.socket };
      return this.#replace(text, Object.keys(socket).length === 0 ? wanted : { ...wanted, socket });
    });
  }

  /** Reads, changes and writes, with nothing in between. An edit that answers the same document writes nothing. */
  change(edit: (file: ExecApprovalsFile) => ExecApprovalsFile): Promise<ApprovalsSnapshot> {
    return this.#alone(async () => {
      const text = await this.#text();
      const file = text === undefined ? EMPTY_APPROVALS : parseApprovals(this.#json(text));
      const edited = edit(file);
      if (edited === file) return { path: this.path, exists: text !== undefined, hash: hashOf(text ?? ""), file };
      return this.#replace(text, parseApprovals(edited));
    });
  }

  /** A file that can not be read is replaced whole: that is how it is mended. */
  #socketOf(text: string | undefined): Readonly<Record<string, unknown>> {
    if (text === undefined) return {};
    try {
      return parseApprovals(this.#json(text)).socket ?? {};
    } catch {
      return {};
    }
  }

  async #replace(before: string | undefined, file: ExecApprovalsFile): Promise<ApprovalsSnapshot> {
    const text = `${JSON.stringify(file, null, 2)}\n`;
    if (Buffer.byteLength(text) > MAX_BYTES) {
      throw new ApprovalsFileError("invalid", `exec approvals: the file would be larger than ${MAX_BYTES} bytes`);
    }
    await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
    const temporary = `${this.path}.${process.pid}.${randomBytes(6).toString("hex")}`;
    try {
      const handle = await open(temporary, "wx", 0o600);
      try {
        await handle.writeFile(text);
        await handle.sync();
      } finally {
        await handle.close();
      }
      // Another process may have written since it was read.
      if ((await this.#text()) !== before) throw changed();
      await rename(temporary, this.path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    return { path: this.path, exists: true, hash: hashOf(text), file };
  }

  async #text(): Promise<string | undefined> {
    try {
      const { mode, size } = await stat(this.path);
      if (size > MAX_BYTES) throw this.#unreadable(`is larger than ${MAX_BYTES} bytes`);
      if ((mode & WRITABLE_BY_OTHERS) !== 0) {
        throw this.#unreadable("may be written by other users of this machine; run chmod 600 on it");
      }
      return await readFile(this.path, "utf8");
    } catch (error) {
      if (error instanceof ApprovalsFileError) throw error;
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
      throw this.#unreadable(error instanceof Error ? error.message : String(error), error);
    }
  }

  #json(text: string): unknown {
    try {
      return JSON.parse(text);
    } catch (error) {
      throw this.#unreadable("is not JSON", error);
    }
  }

  #unreadable(why: string, cause?: unknown): ApprovalsFileError {
    return new ApprovalsFileError("unreadable", `${this.path} ${why}`, { cause });
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#last.then(work, work);
    this.#last = next.catch(() => {});
    return next;
  }
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function changed(): ApprovalsFileError {
  return new ApprovalsFileError(
    "changed",
    "exec approvals changed since last load; re-run exec.approvals.get and retry",
  );
}
