import { describe, expect, test } from "vitest";

import { contentRules } from "../src/compliance/content.ts";
import { inboundRules } from "../src/compliance/inbound.ts";
import { lifecycleRules } from "../src/compliance/lifecycle.ts";
import { outboundRules } from "../src/compliance/outbound.ts";
import { selfMessageRules } from "../src/compliance/self-message.ts";
import { Trial } from "../src/compliance/trial.ts";
import type { ChannelHost, ChannelPlugin, InboundMessage, OutboundMessage, SendOutcome } from "../src/index.ts";
import { createMemoryChannel, MemoryChannel, MemoryPlatform } from "../src/memory.ts";
import { memorySubject } from "./memory-subject.ts";

const secret = "s3cret-value-nobody-may-see";
const rules = [...lifecycleRules, ...inboundRules, ...outboundRules, ...contentRules, ...selfMessageRules];

class AcknowledgesFirst extends MemoryChannel {
  override start(host: ChannelHost, signal: AbortSignal): Promise<void> {
    return super.start(changedHost(host, { accept: async (batch) => (void host.accept(batch), nothing) }), signal);
  }
}

class AcknowledgesWhatWasNotStored extends MemoryChannel {
  override start(host: ChannelHost, signal: AbortSignal): Promise<void> {
    return super.start(changedHost(host, { accept: (batch) => host.accept(batch).catch(() => nothing) }), signal);
  }
}

class RenamesRedeliveries extends MemoryChannel {
  override start(host: ChannelHost, signal: AbortSignal): Promise<void> {
    let counter = 0;
    const rename = (batch: Parameters<ChannelHost["accept"]>[0]) => ({
      events: batch.events.map(({ raw, origin }) => ({ raw, origin, eventId: `delivery:${(counter += 1)}` })),
    });
    return super.start(changedHost(host, { accept: (batch) => host.accept(rename(batch)) }), signal);
  }
}

class IgnoresTheSignal extends MemoryChannel {
  override start(host: ChannelHost): Promise<void> {
    return super.start(host, new AbortController().signal);
  }
}

class WaitsForThePlatform extends MemoryChannel {
  override async start(host: ChannelHost, signal: AbortSignal): Promise<void> {
    await super.start(host, signal);
    while (!(await this.probe()).ok) await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

class ThrowsFromSend extends MemoryChannel {
  override async send(message: OutboundMessage, signal: AbortSignal): Promise<SendOutcome> {
    const outcome = await super.send(message, signal);
    if (outcome.outcome === "retry") throw new Error("not sent");
    return outcome;
  }
}

class SendsAgainAfterALostAnswer extends MemoryChannel {
  override async send(message: OutboundMessage, signal: AbortSignal): Promise<SendOutcome> {
    const outcome = await super.send(message, signal);
    return outcome.outcome === "unknown" && !signal.aborted ? super.send(message, signal) : outcome;
  }
}

class CutsFiles extends MemoryChannel {
  override async fetchMedia(reference: unknown) {
    const { stream, ...described } = await super.fetchMedia(reference);
    return { ...described, stream: firstHalf(stream) };
  }
}

async function* firstHalf(stream: AsyncIterable<Uint8Array>) {
  for await (const chunk of stream) yield chunk.subarray(0, chunk.length / 2);
}

class FailsOnARepeatedDeletion extends MemoryChannel {
  readonly #deleted = new Set<string>();

  override async send(message: OutboundMessage, signal: AbortSignal): Promise<SendOutcome> {
    const { content } = message;
    if (content.kind === "delete" && this.#deleted.has(content.messageId)) {
      return { outcome: "permanent", code: "NOT_FOUND", reason: "It is gone." };
    }
    if (content.kind === "delete") this.#deleted.add(content.messageId);
    return super.send(message, signal);
  }
}

class ThrowsTypeErrors extends MemoryChannel {
  override parse(raw: unknown): InboundMessage | null {
    return super.parse(structuredClone(Object.keys(raw as object).length === 0 ? "" : raw));
  }
}

class ForgetsWhoIsSelf extends MemoryChannel {
  override parse(raw: unknown): InboundMessage | null {
    const message = super.parse(raw);
    if (message === null) return null;
    const { isSelf: _isSelf, ...sender } = message.sender;
    return { ...message, sender };
  }
}

class LogsTheSecret extends MemoryChannel {
  override start(host: ChannelHost, signal: AbortSignal): Promise<void> {
    host.log.debug("connecting", { url: `https://example.com/bot${secret}/` });
    return super.start(host, signal);
  }
}

const nothing = { recorded: 0, duplicates: 0 };

function changedHost(host: ChannelHost, changes: Partial<ChannelHost>): ChannelHost {
  return {
    accountId: host.accountId,
    log: host.log,
    now: () => host.now(),
    sleep: (delayMs, signal) => host.sleep(delayMs, signal),
    accept: (batch) => host.accept(batch),
    readCursor: (key) => host.readCursor(key),
    report: (status) => host.report(status),
    ...changes,
  };
}

describe("the suite fails a channel that", () => {
  test.each([
    ["acknowledges before it records", AcknowledgesFirst, "a message is recorded before the platform is told"],
    [
      "drops what was not stored",
      AcknowledgesWhatWasNotStored,
      "what was not stored is not acknowledged, and tried again",
    ],
    ["renames redeliveries", RenamesRedeliveries, "a redelivery shares a name with the first delivery"],
    ["ignores the signal of start", IgnoresTheSignal, "a start with an aborted signal takes nothing in"],
    [
      "waits for the platform in start",
      WaitsForThePlatform,
      "start returns while the platform is away, and the account comes online later",
    ],
    ["throws from send", ThrowsFromSend, "a platform that is away means retry, and nothing is shown"],
    [
      "repeats a send whose answer was lost",
      SendsAgainAfterALostAnswer,
      "F6 a lost answer is unknown, and nothing is sent twice",
    ],
    ["throws other errors from parse", ThrowsTypeErrors, "unreadable payloads are a ChannelError and nothing else"],
    ["takes its own messages for another's", ForgetsWhoIsSelf, "F36 own messages that come back are marked as such"],
    ["cuts files short", CutsFiles, "a file that someone sent is fetched byte for byte"],
    [
      "fails on a deletion that is done",
      FailsOnARepeatedDeletion,
      "a deletion removes a message, and the same again is no failure",
    ],
    ["logs a secret", LogsTheSecret, "a confirmed message is sent, with the platform's id"],
  ])("%s", async (_name, BadChannel, title) => {
    const platform = new MemoryPlatform({ idempotentSend: false });
    const { plugin } = createMemoryChannel({ platform });
    const bad: ChannelPlugin = {
      id: plugin.id,
      label: plugin.label,
      configSchema: plugin.configSchema,
      accounts: (config, environment) => plugin.accounts(config, environment),
      create: async ({ accountId }) => new BadChannel({ accountId, platform, maxTextLength: 4_000 }),
    };
    const rule = rules.find((candidate) => candidate.title === title);
    if (rule === undefined) throw new Error(`No rule is titled "${title}".`);
    const shortened = Trial.run(async () => memorySubject(bad, platform, [secret]), rule.check, 500);
    await expect(shortened).rejects.toThrow();
  });
});
