import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { startGateway } from "../support/running-gateway.ts";
import { sayParts } from "../support/scripted-agent.ts";

const png = Buffer.from("\x89PNG\r\n\x1a\n....", "latin1");
let directory: TempDirectory;
beforeEach(async () => {
  directory = await createTempDirectory();
});
afterEach(() => directory[Symbol.asyncDispose]());

describe("files that come with a message", () => {
  it("stand in the prompt with their path, and in the transcript too", async () => {
    await using gateway = await startGateway(directory.path);
    const files = [
      { kind: "image", data: png },
      { kind: "document", data: Buffer.from("notes"), mimeType: "text/plain", fileName: "notes.txt" },
    ] as const;
    await gateway.platform.say({ chatId: "ada", text: "look", files }).acknowledged;
    await gateway.platform.waitForSent();
    const prompt = gateway.agent.turns[0]?.prompt ?? "";
    const [image, document, text] = prompt.split("\n");
    const imagePath = /^<media:image> (\S+\.png) \(image\/png\)$/.exec(image ?? "")?.[1] ?? "";
    expect((await readFile(imagePath)).equals(png)).toBe(true);
    expect(imagePath.startsWith(join(directory.path, "media"))).toBe(true);
    expect(document).toMatch(/^<media:document> \S+\.txt \(text\/plain\)$/);
    expect(text).toBe("look");
    const history = await gateway.call("chat.history", { sessionKey: "main" });
    expect(JSON.stringify(history.messages)).toContain(imagePath);
  });

  it("leave a line in the prompt when they can not be had, and the turn goes on", async () => {
    await using gateway = await startGateway(directory.path);
    const data = Buffer.alloc(6 * 1_048_576);
    await gateway.platform.say({ chatId: "ada", text: "big", files: [{ kind: "video", data }] }).acknowledged;
    await gateway.platform.waitForSent();
    expect(gateway.agent.turns[0]?.prompt).toBe("<media:video> (not available: the file is larger than 5.0 MiB)\nbig");
  });
});

describe("files that a reply names", () => {
  it("go out with the words as caption; what may not go out is told", async () => {
    await using gateway = await startGateway(directory.path);
    const workspace = join(directory.path, "workspace");
    await mkdir(workspace, { recursive: true });
    await writeFile(join(workspace, "a.png"), png);
    await writeFile(join(directory.path, "secret"), "secret");
    await symlink(join(directory.path, "secret"), join(workspace, "link"));
    const lines = ["MEDIA:a.png", "MEDIA:/etc/passwd", "MEDIA:link", "MEDIA:../secret", "MEDIA:http://127.0.0.1:1/x"];
    gateway.agent.script = () => sayParts(["Here it is.", ...lines].join("\n"));
    await gateway.platform.say({ chatId: "ada", text: "send it" }).acknowledged;
    const sent = await gateway.platform.waitForSent();
    expect(sent.file && Buffer.from(sent.file).equals(png)).toBe(true);
    expect(sent.text).toMatch(/^Here it is\./);
    for (const source of ["/etc/passwd", "link", "../secret", "http://127.0.0.1:1/x"]) {
      expect(sent.text).toContain(`📎 ${source} (not sent: `);
    }
    expect(gateway.platform.sent).toHaveLength(1);
  });

  it("go out alone when the reply has no words", async () => {
    await using gateway = await startGateway(directory.path);
    const workspace = join(directory.path, "workspace");
    await mkdir(workspace, { recursive: true });
    await writeFile(join(workspace, "a.ogg"), "OggS....");
    gateway.agent.script = () => sayParts("[[audio_as_voice]]\nMEDIA:a.ogg");
    await gateway.platform.say({ chatId: "ada", text: "say it" }).acknowledged;
    expect(await gateway.platform.waitForSent()).toMatchObject({
      text: "",
      content: { kind: "media", media: "audio", asVoice: true, fileName: "a.ogg" },
    });
  });
});
