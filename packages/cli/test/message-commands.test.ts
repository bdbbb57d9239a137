import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { FakeGateway } from "@openclaw/testkit/fake-gateway";
import { describe, expect, it } from "vitest";

import { EXIT } from "../src/exit-codes.ts";
import { run } from "./memory-host.ts";

const sent = { runId: "k", messageId: "42", channel: "telegram", chatId: "7", state: "sent" };
const answers = { send: () => sent, poll: () => sent, "message.action": () => sent };

describe("message commands", () => {
  it("R8.2 message send reads a file, buttons and the rest, and a dry run sends nothing", async () => {
    await using gateway = await FakeGateway.start({ answers });
    const folder = await mkdtemp(join(tmpdir(), "openclaw-cli-"));
    try {
      const file = join(folder, "plan.pdf");
      await writeFile(file, "%PDF-");
      const words = [
        "message",
        "send",
        "-t",
        "7",
        "--media",
        file,
        "--silent",
        "--buttons",
        '[[{"text":"A","data":"a"}]]',
      ];
      const dry = await run([...words, "--dry-run", "--json"], { url: gateway.url });
      expect(dry.json).toMatchObject({
        dryRun: true,
        params: { to: "7", attachments: [{ fileName: "plan.pdf", content: "<8 characters of base64>" }] },
      });
      expect(gateway.callsOf("send")).toEqual([]);
      expect(await run([...words, "-m", "hi"], { url: gateway.url })).toMatchObject({ exitCode: EXIT.ok });
      expect(gateway.callsOf("send")).toMatchObject([
        {
          to: "7",
          message: "hi",
          silent: true,
          buttons: [[{ text: "A", data: "a" }]],
          attachments: [{ fileName: "plan.pdf", content: Buffer.from("%PDF-").toString("base64") }],
        },
      ]);
      await run(["message", "send", "-t", "7", "--media", "https://example.org/a.png"], { url: gateway.url });
      expect(gateway.callsOf("send").at(-1)).toMatchObject({ mediaUrl: "https://example.org/a.png" });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it.each([
    [["react", "--message-id", "42", "--emoji", "👍"], "react", { messageId: "42", emoji: "👍" }],
    [["react", "--message-id", "42", "--emoji", "👍", "--remove"], "react", { emoji: "👍", remove: true }],
    [["edit", "--message-id", "42", "-m", "new"], "edit", { messageId: "42", message: "new" }],
    [["delete", "--message-id", "42"], "delete", { messageId: "42" }],
  ])("message %j asks for the action %s", async (words, action, params) => {
    await using gateway = await FakeGateway.start({ answers });
    const ran = await run(["message", ...words, "-t", "7", "--channel", "telegram"], { url: gateway.url });
    expect(ran).toMatchObject({ exitCode: EXIT.ok });
    expect(gateway.callsOf("message.action")).toMatchObject([
      { action, channel: "telegram", params: { to: "7", ...params } },
    ]);
  });

  it("message poll passes its options on", async () => {
    await using gateway = await FakeGateway.start({ answers });
    const words = [
      "message",
      "poll",
      "-t",
      "7",
      "--poll-question",
      "Tea?",
      "--poll-option",
      "yes",
      "--poll-option",
      "no",
    ];
    expect(await run([...words, "--poll-multi"], { url: gateway.url })).toMatchObject({ exitCode: EXIT.ok });
    expect(gateway.callsOf("poll")).toMatchObject([
      { to: "7", question: "Tea?", options: ["yes", "no"], maxSelections: 2 },
    ]);
  });

  it("message broadcast serves every chat under a key of its own, and says which one failed", async () => {
    await using gateway = await FakeGateway.start({
      answers: { send: ({ params }) => ({ ...sent, state: params["to"] === "8" ? "unknown" : "sent" }) },
    });
    const words = ["message", "broadcast", "--targets", "7", "8", "--message", "hi", "--idempotency-key", "b"];
    const ran = await run([...words, "--json"], { url: gateway.url });
    expect(ran.exitCode).toBe(EXIT.failure);
    expect(ran.json).toMatchObject({
      deliveries: [
        { target: "7", state: "sent" },
        { target: "8", state: "unknown" },
      ],
    });
    expect(gateway.callsOf("send")).toMatchObject([{ idempotencyKey: "b:7" }, { idempotencyKey: "b:8" }]);
  });

  it.each([
    [["send", "-t", "7"], "There is nothing to send."],
    [["send", "-t", "7", "--buttons", "[1]", "-m", "a"], "--buttons is not a list of rows"],
    [["send", "-t", "7", "--media", "/no/such/file"], "can not be read: ENOENT"],
    [["poll", "-t", "7", "--poll-question", "?", "--poll-option", "a"], "A poll has 2 to 12 options"],
    [["broadcast", "-m", "a"], "Nobody is named."],
  ])("message %j is refused", async (words, message) => {
    const ran = await run(["message", ...words]);
    expect(ran.exitCode).toBe(EXIT.usage);
    expect(ran.stderr).toContain(message);
  });
});
