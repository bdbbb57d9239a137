import { expect } from "vitest";

import { ChannelError } from "../errors.ts";
import { deepFreeze, type Rule, type Trial } from "./trial.ts";

const dayMs = 86_400_000;

async function recordsBeforeAcknowledging(trial: Trial): Promise<void> {
  await trial.startAndWaitUntilOnline();
  const release = trial.host.holdAccepts();
  const { messageId } = await trial.platform.deliver("held back");
  await trial.host.waitUntil("accept to be called", () => trial.host.batches.length > 0);
  await trial.expectNever("acknowledged before it was stored", () => trial.platform.isAcknowledged(messageId));
  release();
  await trial.eventually("the acknowledgement", () => trial.platform.isAcknowledged(messageId));
  expect(trial.host.events).toHaveLength(1);
}

async function doesNotAcknowledgeWhatWasNotStored(trial: Trial): Promise<void> {
  await trial.startAndWaitUntilOnline();
  trial.host.refuseAccepts(2);
  const { messageId } = await trial.platform.deliver("stored at the third attempt");
  await trial.host.waitUntil("two refused batches", () => trial.host.batches.length >= 2);
  expect(trial.platform.isAcknowledged(messageId)).toBe(false);
  await trial.host.waitForEvents(1);
  await trial.eventually("the acknowledgement", () => trial.platform.isAcknowledged(messageId));
  expect(trial.recordedMessages()).toMatchObject([{ messageId, text: "stored at the third attempt" }]);
  await trial.host.waitForState("online");
}

async function namesARedeliveryAlike(trial: Trial): Promise<void> {
  await trial.startAndWaitUntilOnline();
  const { messageId } = await trial.platform.deliver("once");
  await trial.host.waitForEvents(1);
  await trial.eventually("the acknowledgement", () => trial.platform.isAcknowledged(messageId));
  await trial.platform.deliverAgain(messageId);
  await trial.host.waitUntil("the duplicate", () => trial.host.duplicates.length > 0);
  expect(trial.host.events).toHaveLength(1);
}

async function namesMessagesApart(trial: Trial): Promise<void> {
  await trial.startAndWaitUntilOnline();
  await trial.platform.deliver("the same words");
  await trial.platform.deliver("the same words");
  await trial.host.waitForEvents(2);
  expect(trial.host.duplicates).toEqual([]);
  const [first, second] = trial.recordedMessages();
  expect(first?.messageId).not.toBe(second?.messageId);
}

async function keepsTheOrder(trial: Trial): Promise<void> {
  const texts = Array.from({ length: 20 }, (_unused, index) => `message ${index + 1}`);
  const [first, ...rest] = texts;
  await trial.platform.deliver(first ?? "");
  await trial.startAndWaitUntilOnline();
  for (const text of rest) await trial.platform.deliver(text);
  await trial.host.waitForEvents(texts.length);
  expect(trial.recordedMessages().map((message) => message.text)).toEqual(texts);
}

async function readsStoredPayloads(trial: Trial): Promise<void> {
  await trial.startAndWaitUntilOnline();
  const { messageId } = await trial.platform.deliver("hello");
  await trial.host.waitForEvents(1);
  const [event] = trial.host.events;
  const stored: unknown = JSON.parse(JSON.stringify(event?.raw));
  const message = trial.channel.parse(deepFreeze(stored));
  expect(message).toMatchObject({ messageId, text: "hello" });
  expect(message).toEqual(trial.channel.parse(event?.raw));
  expect([message?.chat.id, message?.sender.id]).not.toContain("");
  expect(Math.abs(Date.now() - (message?.sentAt ?? 0))).toBeLessThan(dayMs);
}

async function readsStoredPayloadsUnstarted({ channel, subject }: Trial): Promise<void> {
  const { messages } = subject.payloads;
  expect(messages).not.toEqual([]);
  for (const { raw, message } of messages) {
    const frozen = deepFreeze(structuredClone(raw));
    expect(channel.parse(frozen)).toMatchObject(message);
    expect(channel.parse(frozen)).toEqual(channel.parse(frozen));
  }
}

async function staysSilentWhereNobodyAsks({ channel, subject }: Trial): Promise<void> {
  for (const raw of subject.payloads.silent) expect(channel.parse(deepFreeze(structuredClone(raw)))).toBeNull();
}

async function readsChangesApartFromMessages({ channel, subject }: Trial): Promise<void> {
  const { silent, messages, unreadable } = subject.payloads;
  for (const raw of silent) {
    const frozen = deepFreeze(structuredClone(raw));
    expect(channel.parseChange?.(frozen)).toEqual(channel.parseChange?.(frozen));
  }
  for (const { raw } of messages) expect(channel.parseChange?.(raw) ?? null).toBeNull();
  if (channel.parseChange === undefined) return;
  for (const raw of unreadable) expect(errorOf(() => channel.parseChange?.(raw))).toBeInstanceOf(ChannelError);
}

async function refusesWhatItCanNotRead({ channel, subject }: Trial): Promise<void> {
  for (const raw of [undefined, null, "text", 7, [], {}, ...subject.payloads.unreadable]) {
    expect(
      errorOf(() => channel.parse(raw)),
      JSON.stringify(raw),
    ).toBeInstanceOf(ChannelError);
    expect(
      errorOf(() => channel.parse(raw)),
      JSON.stringify(raw),
    ).toMatchObject({ code: "UNREADABLE" });
  }
}

export const inboundRules: readonly Rule[] = [
  { title: "a message is recorded before the platform is told", check: recordsBeforeAcknowledging },
  { title: "what was not stored is not acknowledged, and tried again", check: doesNotAcknowledgeWhatWasNotStored },
  { title: "a redelivery shares a name with the first delivery", check: namesARedeliveryAlike },
  { title: "two messages with the same words have different names", check: namesMessagesApart },
  { title: "messages of one chat are recorded in their order", check: keepsTheOrder },
  { title: "a recorded payload is read from its JSON form, and not changed", check: readsStoredPayloads },
  { title: "stored payloads are read without a connection", check: readsStoredPayloadsUnstarted },
  { title: "payloads that ask for no answer read as null", check: staysSilentWhereNobodyAsks },
  { title: "changes are read from their JSON form, and are no messages", check: readsChangesApartFromMessages },
  { title: "unreadable payloads are a ChannelError and nothing else", check: refusesWhatItCanNotRead },
];

function errorOf(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}
