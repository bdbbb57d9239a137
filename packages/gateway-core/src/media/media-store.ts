import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

import type { Clock, Ids, Store } from "../ports.ts";
import { MediaError } from "./errors.ts";
import { extensionOf, mimeTypeOf } from "./mime.ts";
import { storeStream } from "./stored-stream.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
/** A file nobody refers to yet is safe from making room for so long: its message is just being written. */
const GRACE_MS = 10 * 60 * 1000;
const PRUNE_BATCH = 100;
const STORED_NAME = /^([0-9a-f-]{36})(?:\.[a-z0-9]+)?$/;

/** How much is kept. Files of messages that still wait to be sent are never deleted. */
export interface MediaLimits {
  readonly maxTotalBytes: number;
  readonly maxFiles: number;
  readonly maxAgeMs: number;
}

const DEFAULT_LIMITS: MediaLimits = { maxTotalBytes: 1_073_741_824, maxFiles: 5_000, maxAgeMs: 30 * DAY_MS };

/** A file the gateway keeps. */
export interface StoredFile {
  readonly id: string;
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  readonly mimeType: string;
  readonly fileName?: string;
}

export interface NewFile {
  readonly stream: AsyncIterable<Uint8Array>;
  readonly maxBytes: number;
  readonly expectedBytes?: number | undefined;
  readonly mimeType?: string | undefined;
  readonly fileName?: string | undefined;
  /** What the file is a copy of; a second file of the same origin is not stored. */
  readonly origin?: string | undefined;
}

export interface MediaStoreDependencies {
  readonly directory: string;
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly limits?: MediaLimits;
}

interface Row {
  readonly id: string;
  readonly extension: string;
  readonly size: number;
  readonly sha256: string;
  readonly mime_type: string;
  readonly file_name: string | null;
}

/** Rows that no open message refers to. */
const UNUSED = `NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.media_id = media_files.id
  AND outbox.state IN ('queued', 'sending'))`;

/**
 * The files that come and go with messages, in one private directory, under names that nobody outside chooses. A file
 * is whole before it has a row, and a row never names a file that was not.
 */
export class MediaStore {
  readonly #directory: string;
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #limits: MediaLimits;

  constructor({ directory, store, clock, ids, limits = DEFAULT_LIMITS }: MediaStoreDependencies) {
    this.#directory = directory;
    this.#store = store;
    this.#clock = clock;
    this.#ids = ids;
    this.#limits = limits;
  }

  /** Where the files are. */
  get directory(): string {
    return this.#directory;
  }

  /** Stores a file as it comes. Throws MediaError; then nothing of it is kept. */
  async put(file: NewFile): Promise<StoredFile> {
    const known = file.origin === undefined ? undefined : await this.findByOrigin(file.origin);
    if (known) return known;
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    await this.#makeRoom(file.expectedBytes ?? 0);
    const id = this.#ids.uuid();
    let mimeType = "";
    const stored = await storeStream(
      file.stream,
      {
        partPath: join(this.#directory, `${id}.part`),
        finalPath: ({ head }) => {
          mimeType = mimeTypeOf(head, file.mimeType, file.fileName);
          return this.#pathOf(id, extensionOf(mimeType));
        },
      },
      file,
    );
    const fileName = file.fileName === undefined ? undefined : displayName(file.fileName);
    await this.#store.run(
      `INSERT INTO media_files (id, origin, extension, size, sha256, mime_type, file_name, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      id,
      file.origin ?? null,
      extensionOf(mimeType),
      stored.size,
      stored.sha256,
      mimeType,
      fileName ?? null,
      this.#clock.now(),
    );
    // Its size was not known before.
    if (file.expectedBytes === undefined) for (const row of await this.#overLimit(0)) await this.#delete(row);
    const path = this.#pathOf(id, extensionOf(mimeType));
    const { size, sha256 } = stored;
    return { id, path, size, sha256, mimeType, ...(fileName === undefined ? {} : { fileName }) };
  }

  /** The file of an id; undefined when it is no longer kept, or is not what it was. */
  async open(id: string): Promise<StoredFile | undefined> {
    return this.#check(await this.#store.get<Row>("SELECT * FROM media_files WHERE id = ?", id));
  }

  async findByOrigin(origin: string): Promise<StoredFile | undefined> {
    const row = await this.#store.get<Row>("SELECT * FROM media_files WHERE origin = ?", origin);
    const file = await this.#check(row);
    if (row && !file) await this.#delete(row);
    return file;
  }

  /** Deletes a bounded number of what is too old or too much. Answers how many. */
  async prune(): Promise<number> {
    const tooOld = await this.#candidates("created_at < ?", this.#clock.now() - this.#limits.maxAgeMs);
    const victims = tooOld.length > 0 ? tooOld : await this.#overLimit(0);
    for (const row of victims) await this.#delete(row);
    return victims.length;
  }

  /** Deletes what a dead process left half written, or wrote and never knew of. */
  async sweep(): Promise<void> {
    const names = await readdir(this.#directory).catch(() => []);
    for (const name of names) {
      const id = STORED_NAME.exec(name)?.[1];
      if (id === undefined) continue;
      const row = await this.#store.get<Row>("SELECT * FROM media_files WHERE id = ?", id);
      if (!row || name !== `${id}${row.extension}`) await rm(join(this.#directory, name), { force: true });
    }
  }

  async #makeRoom(bytes: number): Promise<void> {
    for (const row of await this.#overLimit(bytes, 1)) await this.#delete(row);
    const { total, files } = await this.#usage();
    if (total + bytes > this.#limits.maxTotalBytes || files >= this.#limits.maxFiles) {
      throw new MediaError("unavailable", "there is no room for more files; those kept still wait to be sent");
    }
  }

  /** The oldest files that have to go, so that `more` files of `bytes` together fit. */
  async #overLimit(bytes: number, more = 0): Promise<Row[]> {
    const { total, files } = await this.#usage();
    let excessBytes = total + bytes - this.#limits.maxTotalBytes;
    let excessFiles = files + more - this.#limits.maxFiles;
    if (excessBytes <= 0 && excessFiles <= 0) return [];
    const victims: Row[] = [];
    for (const row of await this.#candidates("created_at < ?", this.#clock.now() - GRACE_MS)) {
      if (excessBytes <= 0 && excessFiles <= 0) break;
      victims.push(row);
      excessBytes -= row.size;
      excessFiles -= 1;
    }
    return victims;
  }

  async #usage(): Promise<{ total: number; files: number }> {
    const row = await this.#store.get<{ total: number; files: number }>(
      "SELECT coalesce(sum(size), 0) AS total, count(*) AS files FROM media_files",
    );
    return row ?? { total: 0, files: 0 };
  }

  #candidates(condition: string, before: number): Promise<Row[]> {
    return this.#store.all<Row>(
      `SELECT * FROM media_files WHERE ${condition} AND ${UNUSED} ORDER BY created_at LIMIT ?`,
      before,
      PRUNE_BATCH,
    );
  }

  /** The row first: a file without a row is swept away later, a row without a file would be a lie. */
  async #delete({ id, extension }: Row): Promise<void> {
    await this.#store.run("DELETE FROM media_files WHERE id = ?", id);
    await rm(this.#pathOf(id, extension), { force: true });
  }

  async #check(row: Row | undefined): Promise<StoredFile | undefined> {
    if (!row) return undefined;
    const path = this.#pathOf(row.id, row.extension);
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile() !== true || found.size !== row.size) return undefined;
    const { id, size, sha256, mime_type: mimeType, file_name: fileName } = row;
    return { id, path, size, sha256, mimeType, ...(fileName === null ? {} : { fileName }) };
  }

  #pathOf(id: string, extension: string): string {
    return join(this.#directory, `${id}${extension}`);
  }
}

/** A name for people: no folders, no control characters, not too long. */
function displayName(name: string): string {
  return name.replaceAll(/[\u0000-\u001f\u007f/\\]/g, "_").slice(-200);
}
