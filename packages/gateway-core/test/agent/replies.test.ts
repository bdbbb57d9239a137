import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { startGateway } from "../support/running-gateway.ts";
import { sayParts } from "../support/scripted-agent.ts";

let directory: TempDirectory;
beforeEach(async () => {
  directory = await createTempDirectory();
});
afterEach(() => directory[Symbol.asyncDispose]());

describe("a reply", () => {
  it("reaches the chat without its directives, with its prefix, as an answer to the message the model chose", async () => {
    await using gateway = await startGateway(directory.path, {
      config: {
        gateway: { mode: "local" },
        channels: { memory: { dmPolicy: "open", allowFrom: ["*"] } },
        messages: { responsePrefix: "auto" },
        agents: { list: [{ id: "main", identity: { name: "Sam" } }] },
      },
    });
    gateway.agent.script = () => sayParts("<think>hm</think>[[reply_to:99]] Hello.");
    const run = await gateway.call("agent", {
      message: "hi",
      idempotencyKey: "k1",
      deliver: true,
      channel: "memory",
      to: "alice",
    });
    expect(run.result?.payloads).toEqual([{ text: "Hello.", mediaUrl: null }]);
    await expect.poll(() => gateway.platform.sent).toMatchObject([{ text: "[Sam] Hello.", replyTo: "99" }]);
  });
});
