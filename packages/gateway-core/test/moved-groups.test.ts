import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { createMemoryChannel } from "@openclaw/channels-contract/memory";
import { eventually } from "@openclaw/testkit/eventually";
import { createTempDirectory } from "@openclaw/testkit/temp-directory";
import { describe, expect, it } from "vitest";

import { loadConfigRuntime } from "../src/config/runtime.ts";
import { renameGroup } from "../src/flow/changes/rename-group.ts";
import { startGateway } from "./support/running-gateway.ts";

const SOURCE = `{
  gateway: { mode: "local", auth: { token: "a-secret-token-1" } },
  channels: {
    memory: {
      groups: {
        // the team
        "-1": { requireMention: false, systemPrompt: "Be brief." },
        "*": { requireMention: true },
      },
    },
  },
}
`;

describe("a group in the configuration file that gets a new id", () => {
  it("is written there under its new id, with its settings", async () => {
    await using directory = await createTempDirectory();
    const file = join(directory.path, "openclaw.json");
    await writeFile(file, SOURCE, { mode: 0o600 });
    const { plugin, platform } = createMemoryChannel();
    const config = await loadConfigRuntime({
      environment: { OPENCLAW_STATE_DIR: directory.path },
      homeDirectory: directory.path,
      workingDirectory: directory.path,
      channelSchemas: { [plugin.id]: plugin.configSchema },
    });
    await using _gateway = await startGateway(directory.path, { config, channels: [plugin] });
    platform.move("-1", "-1001");
    const written = await eventually("the file", async () => {
      const text = await readFile(file, "utf8");
      return text.includes("-1001") && text;
    });
    expect(written).toMatch(/"-1001": \{\s*"requireMention": false,\s*"systemPrompt": "Be brief\."\s*\}/u);
    expect(written).not.toContain('"-1":');
    expect(written).toContain('"*": { requireMention: true }');
    expect(written).toContain("a-secret-token-1");
  });

  const chat = { channel: "telegram", account: "work", from: "-1", to: "-2" };
  const groups = { "-1": { requireMention: false } };
  const renamed = { "-1": null, "-2": { requireMention: false } };
  it.each([
    ["of the channel", { groups }, { groups: renamed }],
    ["of the account", { accounts: { work: { groups } } }, { accounts: { work: { groups: renamed } } }],
    ["of another account", { accounts: { home: { groups } } }, undefined],
    ["that is listed already", { groups: { ...groups, "-2": {} } }, undefined],
    ["where the file is not written", { groups, configWrites: false }, undefined],
    ["where the account's is not", { groups, accounts: { work: { configWrites: false } } }, undefined],
    [
      "where only the account's is",
      { groups, configWrites: false, accounts: { work: { configWrites: true } } },
      { groups: renamed },
    ],
  ])("%s", async (_which, telegram, change) => {
    const writes: unknown[] = [];
    const editor = {
      view: () => Promise.resolve({ exists: true, parsed: { channels: { telegram } }, hash: "h" }),
      write: (request: unknown) => Promise.resolve(writes.push(request)),
    };
    const isWritten = await renameGroup(editor, chat);
    expect(isWritten).toBe(change !== undefined);
    const raw = JSON.stringify({ channels: { telegram: change } });
    expect(writes).toEqual(change === undefined ? [] : [{ method: "config.patch", raw, baseHash: "h" }]);
  });
});
