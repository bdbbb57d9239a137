import { eventually } from "@openclaw/testkit/eventually";
import { describe, expect, test } from "vitest";

import { readCustomCommands } from "../src/account/custom-commands.ts";
import { menuOf } from "../src/connection/command-menu.ts";
import { telegramChannel } from "../src/index.ts";
import { Scene } from "./scene.ts";

const commands = [
  { name: "status", description: "Shows how this conversation stands." },
  { name: "new", description: "Begins anew." },
];
const backup = { command: "/Backup", description: " Runs a backup " };

describe("the menu of commands", () => {
  test("lists the gateway's commands and the account's own, and reports what it can not show", async () => {
    const customCommands = [backup, { command: "status", description: "mine" }];
    await using scene = await Scene.online({
      section: { customCommands },
      host: { menu: { native: "auto", commands } },
    });
    await eventually("the menu", () => scene.telegram.commands.length > 0);
    expect(scene.telegram.commands).toEqual([
      { command: "status", description: "Shows how this conversation stands." },
      { command: "new", description: "Begins anew." },
      { command: "backup", description: "Runs a backup" },
    ]);
    expect(scene.host.logLines).toContainEqual({
      level: "warn",
      message: 'customCommands: "status" is left out of the menu: the gateway answers /status itself.',
      fields: undefined,
    });
  });

  test.each([
    ["the account's choice", true, false, ["backup"]],
    ["the gateway's without one", false, undefined, ["backup"]],
    ["the account's against the gateway's", false, true, ["status", "new", "backup"]],
    ["auto, which is on", "auto", "auto", ["status", "new", "backup"]],
  ] as const)("follows %s", (_whose, native, own, names) => {
    const { commands: custom } = readCustomCommands([backup]);
    expect(menuOf({ native, commands }, { native: own, custom }).entries.map(({ name }) => name)).toEqual(names);
  });

  test("is taken down where it is turned off, and put up again after a failure", async () => {
    await using scene = await Scene.open({
      section: { commands: { native: false } },
      host: { menu: { native: true, commands } },
    });
    scene.telegram.failNext("deleteMyCommands", { kind: "error", code: 429, description: "Too Many Requests" });
    await scene.start();
    const { calls } = scene.telegram;
    await eventually("two attempts", () => calls.filter(({ method }) => method === "deleteMyCommands").length === 2);
    expect(scene.host.logLines.map(({ message }) => message)).toContain("setMyCommands failed");
    expect(calls.some(({ method }) => method === "setMyCommands")).toBe(false);
  });

  test("leaves out names and descriptions Telegram does not take, and says so on the account", () => {
    const customCommands = [
      { command: "with-dash", description: "x" },
      { command: "", description: "x" },
      { command: "empty", description: " " },
      backup,
      { command: "backup", description: "again" },
    ];
    const { commands: kept, warnings } = readCustomCommands(customCommands);
    expect(kept).toEqual([{ name: "backup", description: "Runs a backup" }]);
    expect(warnings).toHaveLength(4);
    const section = telegramChannel.configSchema.parse({ botToken: `1:${"A".repeat(30)}`, customCommands });
    const [account] = telegramChannel.accounts(section, {});
    expect(account).toMatchObject({ configured: true });
    expect(account?.problem).toContain(
      '"with-dash" is left out of the menu: expected 1 to 32 letters a-z, digits and _',
    );
  });
});
