import { mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { ManualClock } from "@openclaw/testkit/clock";
import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { systemIds } from "../../src/host/system.ts";
import { storeLocalFile } from "../../src/media/local-file.ts";
import { type MediaLimits, MediaStore } from "../../src/media/media-store.ts";
import { mimeTypeOf } from "../../src/media/mime.ts";
import { SqliteStore } from "../../src/store/sqlite.ts";

const DAY_MS = 86_400_000;
let directory: TempDirectory;
let store: SqliteStore;
let clock: ManualClock;

beforeEach(async () => {
  directory = await createTempDirectory();
  store = SqliteStore.open(join(directory.path, "gateway.sqlite"));
  clock = new ManualClock();
});
afterEach(async () => {
  await store[Symbol.asyncDispose]();
  await directory[Symbol.asyncDispose]();
});

function openMedia(limits: Partial<MediaLimits> = {}): MediaStore {
  const all = { maxTotalBytes: 1_000_000, maxFiles: 100, maxAgeMs: 30 * DAY_MS, ...limits };
  return new MediaStore({ directory: join(directory.path, "media"), store, clock, ids: systemIds, limits: all });
}

async function* chunks(...parts: string[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield Buffer.from(part);
}

async function* pngChunks(): AsyncGenerator<Uint8Array> {
  yield Buffer.from("\x89PN", "latin1");
  yield Buffer.from("G\r\n\x1a\n...", "latin1");
}

async function* breaking(): AsyncGenerator<Uint8Array> {
  yield Buffer.from("half");
  throw new Error("the connection broke");
}

const put = (media: MediaStore, text: string, origin?: string) =>
  media.put({ stream: chunks(text), maxBytes: 1_000, origin });
const names = async () => (await readdir(join(directory.path, "media"))).toSorted();

describe("storing a file", () => {
  it("keeps it whole under a name of its own, for its owner alone", async () => {
    const media = openMedia();
    const file = await media.put({
      stream: pngChunks(),
      maxBytes: 1_000,
      fileName: "../../evil\n.txt",
      mimeType: "text/plain",
    });
    expect(file).toMatchObject({ mimeType: "image/png", fileName: ".._.._evil_.txt", size: 11 });
    expect(file.path).toBe(join(directory.path, "media", `${file.id}.png`));
    expect((await stat(file.path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(directory.path, "media"))).mode & 0o777).toBe(0o700);
    expect(await media.open(file.id)).toEqual(file);
  });

  it.each([
    ["is too large", { stream: chunks("x".repeat(600), "x".repeat(600)), maxBytes: 1_000 }, "too-large"],
    ["says it is too large", { stream: chunks("x"), maxBytes: 10, expectedBytes: 11 }, "too-large"],
    ["breaks off", { stream: breaking(), maxBytes: 1_000 }, "unavailable"],
    ["is shorter than it said", { stream: chunks("abc"), maxBytes: 1_000, expectedBytes: 4 }, "unavailable"],
    ["is empty", { stream: chunks(), maxBytes: 1_000 }, "refused"],
  ])("leaves nothing behind of one that %s", async (_name, file, problem) => {
    await expect(openMedia().put(file)).rejects.toMatchObject({ name: "MediaError", problem });
    expect(await names()).toEqual([]);
  });

  it("stores what has the same origin once", async () => {
    const media = openMedia();
    const first = await put(media, "one", "inbox/1/0");
    expect(await put(media, "two", "inbox/1/0")).toEqual(first);
    expect(await readFile(first.path, "utf8")).toBe("one");
  });

  it("does not hand out what is not what it was", async () => {
    const media = openMedia();
    const file = await put(media, "text");
    await writeFile(file.path, "other text");
    expect(await media.open(file.id)).toBeUndefined();
  });
});

describe("F38 bounds", () => {
  it("deletes what is older than its time", async () => {
    const media = openMedia();
    await put(media, "old");
    await clock.advance(31 * DAY_MS);
    const young = await put(media, "young");
    expect(await media.prune()).toBe(1);
    expect(await media.prune()).toBe(0);
    expect(await names()).toEqual([young.id]);
  });

  it("makes room by deleting the oldest, by bytes and by number", async () => {
    for (const limits of [{ maxTotalBytes: 10 }, { maxFiles: 2 }]) {
      const media = openMedia(limits);
      const first = await put(media, "1234");
      await clock.advance(DAY_MS);
      await put(media, "5678");
      await clock.advance(DAY_MS);
      await put(media, "9abc");
      expect(await media.open(first.id)).toBeUndefined();
      await clock.advance(40 * DAY_MS);
      while ((await media.prune()) > 0);
    }
  });

  it("keeps what waits to be sent, and refuses more when there is no room", async () => {
    const media = openMedia({ maxFiles: 1 });
    const file = await put(media, "waits");
    await store.run(
      `INSERT INTO outbox (id, position, channel, account, chat_id, content, media_id, state, next_attempt_at,
         deadline_at, created_at, updated_at) VALUES ('o', 1, 'm', 'd', 'c', '{}', ?, 'queued', 0, 0, 0, 0)`,
      file.id,
    );
    await clock.advance(40 * DAY_MS);
    expect(await media.prune()).toBe(0);
    await expect(put(media, "more")).rejects.toMatchObject({ problem: "unavailable" });
    await store.run("UPDATE outbox SET state = 'sent'");
    expect(await put(media, "more")).toMatchObject({ size: 4 });
  });

  it("sweeps away what a dead process left, and nothing else", async () => {
    const media = openMedia();
    const kept = await put(media, "kept");
    const folder = join(directory.path, "media");
    await writeFile(join(folder, `${systemIds.uuid()}.part`), "half");
    await writeFile(join(folder, `${systemIds.uuid()}.png`), "without a row");
    await writeFile(join(folder, "notes.txt"), "somebody else's");
    await media.sweep();
    expect(await names()).toEqual([kept.id, "notes.txt"].toSorted());
  });
});

describe("S path traversal: files the model names", () => {
  async function world() {
    const root = join(directory.path, "workspace");
    await mkdir(join(root, "pictures"), { recursive: true });
    await writeFile(join(root, "pictures", "a.txt"), "inside");
    await writeFile(join(directory.path, "secret.txt"), "outside");
    await symlink(join(directory.path, "secret.txt"), join(root, "link.txt"));
    await symlink(directory.path, join(root, "up"));
    const media = openMedia();
    const from = (source: string, maxBytes = 100) => storeLocalFile(media, { source, directories: [root], maxBytes });
    return { root, media, from };
  }

  it("takes files of the workspace and of the gateway's own room", async () => {
    const { root, from } = await world();
    for (const source of ["pictures/a.txt", "./pictures/../pictures/a.txt", join(root, "pictures/a.txt")]) {
      const file = await from(source);
      expect(await readFile(file.path, "utf8")).toBe("inside");
      expect(await from(file.path)).toMatchObject({ sha256: file.sha256 });
      expect(await from(`file://${join(root, "pictures/a.txt")}`)).toMatchObject({ fileName: "a.txt" });
    }
  });

  it.each([
    "../secret.txt",
    "pictures/../../secret.txt",
    "/etc/passwd",
    "link.txt",
    "up/secret.txt",
    "",
    ".",
    "pictures",
    "pictures/a.txt\0.png",
    "none.txt",
    "~/secret.txt",
    "../workspace-other/a.txt",
  ])("refuses %j", async (source) => {
    const { from } = await world();
    await expect(from(source)).rejects.toMatchObject({ name: "MediaError" });
    expect(await readdir(join(directory.path, "media")).catch(() => [])).toEqual([]);
  });

  it("refuses what is too large before it copies it", async () => {
    const { from } = await world();
    await expect(from("pictures/a.txt", 3)).rejects.toMatchObject({ problem: "too-large" });
  });
});

describe("what a file is", () => {
  it.each([
    ["\xff\xd8\xff\xe0", "text/plain", "a.txt", "image/jpeg"],
    ["OggS", undefined, undefined, "audio/ogg"],
    ["hello", "text/plain; charset=utf-8", undefined, "text/plain"],
    ["hello", "application/octet-stream", "a.md", "text/markdown"],
    ["PK\x03\x04", "application/vnd.oasis.opendocument.text", "a.odt", "application/vnd.oasis.opendocument.text"],
    ["hello", undefined, undefined, "application/octet-stream"],
  ])("%j said to be %s named %s is %s", (head, said, name, type) => {
    expect(mimeTypeOf(Buffer.from(head, "latin1"), said, name)).toBe(type);
  });
});
