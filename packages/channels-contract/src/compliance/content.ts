import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "vitest";

import type { OutboundContent } from "../content.ts";
import { ChannelError } from "../errors.ts";
import type { OutboundMessage, SendOutcome } from "../messages.ts";
import { NotApplicable, type Rule, type Trial } from "./trial.ts";

const { signal } = new AbortController();
const bytes = Buffer.from(Array.from({ length: 70_000 }, (_unused, index) => index % 251));

/** Runs a check with a file on disk. */
async function withFile(trial: Trial, check: (content: OutboundContent) => Promise<void>): Promise<void> {
  const limits = trial.channel.capabilities.outbound?.media;
  if (limits?.kinds.includes("document") !== true) throw new NotApplicable("the channel sends no files");
  await trial.startAndWaitUntilOnline();
  const directory = await mkdtemp(join(tmpdir(), "channel-compliance-"));
  try {
    const path = join(directory, "bytes");
    await writeFile(path, bytes);
    await check({
      kind: "media",
      media: "document",
      source: { type: "file", path, size: bytes.length },
      mimeType: "application/octet-stream",
      fileName: "bytes.bin",
      caption: "some bytes",
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function message(trial: Trial, content: OutboundContent): OutboundMessage {
  return trial.message("", { content });
}

/** Sends a text to be changed, and answers its id. */
async function written(trial: Trial, kind: "edit" | "delete" | "reaction"): Promise<string> {
  if (trial.channel.capabilities.outbound?.[kind] !== true) throw new NotApplicable(`the channel has no ${kind}`);
  await trial.startAndWaitUntilOnline();
  const outcome = await trial.send(trial.message("before"));
  return outcome.outcome === "sent" ? outcome.messageId : "";
}

async function sendsAFile(trial: Trial): Promise<void> {
  await withFile(trial, async (content) => {
    const outcome = await trial.send(message(trial, content));
    expect(outcome).toMatchObject({ outcome: "sent" });
    const [visible] = trial.platform.visible();
    expect(visible).toMatchObject({ text: "some bytes" });
    expect(Buffer.from(visible?.file ?? []).equals(bytes)).toBe(true);
  });
}

async function doesNotGuessAboutAFile(trial: Trial): Promise<void> {
  await withFile(trial, async (content) => {
    trial.platform.failNextSend("lost-answer", "media");
    expect(await trial.send(message(trial, content))).toMatchObject({ outcome: "unknown" });
    expect(trial.visibleTexts()).toEqual(["some bytes"]);
  });
}

async function saysThatAFileIsGone(trial: Trial): Promise<void> {
  await withFile(trial, async (content) => {
    if (content.kind !== "media" || content.source.type !== "file") return;
    const source = { ...content.source, path: `${content.source.path}-gone` };
    expect(await trial.send(message(trial, { ...content, source }))).toMatchObject({ outcome: "permanent" });
    expect(trial.visibleTexts()).toEqual([]);
  });
}

async function edits(trial: Trial): Promise<void> {
  const messageId = await written(trial, "edit");
  const edit: OutboundContent = { kind: "edit", messageId, text: "after" };
  expect(await trial.send(message(trial, edit))).toMatchObject({ outcome: "sent", messageId });
  expect(trial.visibleTexts()).toEqual(["after"]);
  expect(await trial.send(message(trial, edit))).toMatchObject({ outcome: "sent", messageId });
  expect(trial.visibleTexts()).toEqual(["after"]);
}

async function deletes(trial: Trial): Promise<void> {
  const messageId = await written(trial, "delete");
  const deletion: OutboundContent = { kind: "delete", messageId };
  expect(await trial.send(message(trial, deletion))).toMatchObject({ outcome: "sent", messageId });
  expect(trial.visibleTexts()).toEqual([]);
  expect(await trial.send(message(trial, deletion))).toMatchObject({ outcome: "sent", messageId });
}

async function reacts(trial: Trial): Promise<void> {
  const messageId = await written(trial, "reaction");
  const react = (emoji: string): Promise<SendOutcome> =>
    trial.send(message(trial, { kind: "reaction", messageId, emoji }));
  expect(await react("👍")).toMatchObject({ outcome: "sent", messageId });
  expect(await react("👍")).toMatchObject({ outcome: "sent", messageId });
  expect(trial.platform.reactions?.(messageId)).toEqual(["👍"]);
  expect(await react("")).toMatchObject({ outcome: "sent", messageId });
  expect(trial.platform.reactions?.(messageId)).toEqual([]);
}

async function polls(trial: Trial): Promise<void> {
  if (trial.channel.capabilities.outbound?.poll === undefined) throw new NotApplicable("the channel has no polls");
  await trial.startAndWaitUntilOnline();
  const poll: OutboundContent = { kind: "poll", question: "Tea?", options: ["yes", "no"], multiple: false };
  expect(await trial.send(message(trial, poll))).toMatchObject({ outcome: "sent" });
  expect(trial.visibleTexts()).toEqual(["Tea?"]);
}

async function fetchesAFile(trial: Trial): Promise<void> {
  const { platform, channel, host } = trial;
  if (platform.deliverFile === undefined) throw new NotApplicable("the platform delivers no files");
  await trial.startAndWaitUntilOnline();
  await platform.deliverFile(bytes);
  await host.waitForEvents(1);
  const [media] = trial.recordedMessages()[0]?.media ?? [];
  const fetched = await channel.fetchMedia?.(JSON.parse(JSON.stringify(media?.reference)), signal);
  const chunks: Uint8Array[] = [];
  for await (const chunk of fetched?.stream ?? []) chunks.push(chunk);
  expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
}

async function refusesAReferenceThatIsNone({ channel }: Trial): Promise<void> {
  if (channel.fetchMedia === undefined) throw new NotApplicable("the channel fetches no files");
  for (const reference of [null, 7, {}, "no such file"]) {
    const fetching = channel.fetchMedia(reference, signal);
    await expect(fetching).rejects.toBeInstanceOf(ChannelError);
    await expect(fetching).rejects.toMatchObject({ retryable: false });
  }
}

export const contentRules: readonly Rule[] = [
  { title: "a file is sent whole, with its caption", check: sendsAFile },
  { title: "F6 a lost answer to a file is unknown, and nothing is sent twice", check: doesNotGuessAboutAFile },
  { title: "a file that is no longer there is refused for good", check: saysThatAFileIsGone },
  { title: "an edit changes a message, and the same edit again is no failure", check: edits },
  { title: "a deletion removes a message, and the same again is no failure", check: deletes },
  { title: "a reaction is set, set again and removed", check: reacts },
  { title: "a poll is asked", check: polls },
  { title: "a file that someone sent is fetched byte for byte", check: fetchesAFile },
  { title: "a media reference that leads nowhere is a ChannelError", check: refusesAReferenceThatIsNone },
];
