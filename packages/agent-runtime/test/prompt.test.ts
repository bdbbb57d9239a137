import { mkdir, rename, symlink, truncate, utimes, writeFile } from "node:fs/promises";
import { execFileSync } from "node:child_process";
import { join } from "node:path";

import { ManualClock } from "@openclaw/testkit/clock";
import { createTempDirectory } from "@openclaw/testkit/temp-directory";
import { describe, expect, test } from "vitest";

import type { AgentSettings } from "../src/index.ts";
import { createTool, type Harness, startAgent } from "./harness.ts";

/** The system prompt of the last request. */
function systemPrompt(agent: Harness): string {
  const messages = agent.model.requests.at(-1)?.body["messages"];
  const first: unknown = Array.isArray(messages) ? messages[0] : undefined;
  if (typeof first !== "object" || first === null || !("role" in first) || !("content" in first)) return "";
  return first.role === "system" && typeof first.content === "string" ? first.content : "";
}

async function startIn(workspace: string, more: AgentSettings = {}): Promise<Harness> {
  return startAgent({ settings: { defaults: { model: "fake/model-1", workspace, ...more } } });
}

describe("the system prompt", () => {
  test("names tools, day and zone, runtime, the silent reply and what the caller adds", async () => {
    const clock = new ManualClock(Date.UTC(2026, 10, 24, 23, 30));
    await using agent = await startAgent({
      clock,
      settings: { defaults: { model: "fake/model-1", userTimezone: "Pacific/Auckland" } },
    });
    await agent.run({ tools: [createTool("weather")], extraSystemPrompt: "Be brief today." });
    const prompt = systemPrompt(agent);
    expect(prompt).toContain("Your tools: weather.");
    expect(prompt).toContain("Today is Wednesday, 2026-11-25. Time zone: Pacific/Auckland.");
    expect(prompt).toContain("agent=main | session=agent:main:main");
    expect(prompt).toContain("model=fake/model-1 | thinking=low");
    expect(prompt).toContain("exactly NO_REPLY");
    expect(prompt.endsWith("Be brief today.")).toBe(true);
    expect(prompt).not.toContain("# Workspace");
    expect(prompt.length).toBeLessThan(3_000);
  });

  test("says so when there are no tools", async () => {
    await using agent = await startAgent();
    await agent.run();
    expect(systemPrompt(agent)).toContain("You have no tools in this turn.");
  });

  test.each([
    [{ channel: "whatsapp" }, /on WhatsApp/u],
    [{ channel: "telegram" }, /on Telegram/u],
    [{ sessionKey: "agent:main:telegram:group:-1001" }, /on Telegram/u],
    [{ sessionKey: "agent:main:whatsapp:default:dm:+49" }, /on WhatsApp/u],
    [{ sessionKey: "agent:main:main" }, /Markdown is shown/u],
    [{ sessionKey: "agent:main:telegram" }, /Markdown is shown/u],
  ])("%o is written for that place", async (turn, style) => {
    await using agent = await startAgent();
    await agent.run(turn);
    expect(systemPrompt(agent)).toMatch(style);
  });

  test("an unknown time zone is replaced by the host's and reported", async () => {
    await using agent = await startAgent({
      settings: { defaults: { model: "fake/model-1", userTimezone: "Mars/Olympus" } },
    });
    expect((await agent.run()).error).toBeUndefined();
    expect(systemPrompt(agent)).not.toContain("Mars");
    expect(agent.log.text).toContain("Mars/Olympus");
  });

  test("a fallback model reads its own name", async () => {
    const model = { primary: "fake/a", fallbacks: ["fake/b"] };
    await using agent = await startAgent({ settings: { defaults: { model } } });
    agent.model.enqueue({ kind: "error", status: 500, message: "down" });
    await agent.run();
    expect(systemPrompt(agent)).toContain("model=fake/b");
  });
});

describe("workspace files", () => {
  test("are shown in order; a missing one is a line, a blank one nothing", async () => {
    await using workspace = await createTempDirectory();
    await writeFile(join(workspace.path, "AGENTS.md"), "Rule one.\n");
    await writeFile(join(workspace.path, "USER.md"), "Likes tea.\n");
    await writeFile(join(workspace.path, "SOUL.md"), " \n");
    await writeFile(join(workspace.path, "OTHER.md"), "not for the prompt");
    await using agent = await startIn(workspace.path);
    await agent.run();
    const prompt = systemPrompt(agent);
    expect(prompt).toContain(`Your working directory is ${workspace.path}.`);
    expect(prompt.match(/^## .*$\n.*$/gmu)).toEqual([
      "## AGENTS.md\nRule one.",
      "## TOOLS.md\n[missing file: TOOLS.md]",
      "## IDENTITY.md\n[missing file: IDENTITY.md]",
      "## USER.md\nLikes tea.",
    ]);
    expect(prompt).not.toContain("not for the prompt");
  });

  test("a workspace that does not exist is no obstacle", async () => {
    await using agent = await startIn("/nonexistent/openclaw/workspace");
    expect((await agent.run()).error).toBeUndefined();
    expect(systemPrompt(agent)).toContain("[missing file: AGENTS.md]");
    expect(agent.log.text).toBe("");
  });

  test("a file that changed is read again", async () => {
    await using workspace = await createTempDirectory();
    const path = join(workspace.path, "SOUL.md");
    await writeFile(path, "calm");
    await using agent = await startIn(workspace.path);
    await agent.run();
    expect(systemPrompt(agent)).toContain("calm");
    await writeFile(path, "wild");
    await utimes(path, new Date(), new Date(Date.now() + 5_000));
    await agent.run();
    expect(systemPrompt(agent)).toContain("wild");
  });

  test.each([30_000, 5_000_000])(
    "a file of %i characters goes in with its beginning, its end and a marker",
    async (length) => {
      await using workspace = await createTempDirectory();
      await writeFile(join(workspace.path, "AGENTS.md"), `BEGIN ${"x".repeat(length)} END`);
      await using agent = await startIn(workspace.path, { bootstrapMaxChars: 10_000 });
      await agent.run();
      const prompt = systemPrompt(agent);
      expect(prompt).toMatch(/BEGIN x+\n\[… \d+ characters left out …\]\nx+ END/u);
      expect(prompt.length).toBeLessThan(13_000);
      expect(agent.log.text).toContain("too long");
    },
  );

  test("a huge sparse file is not read whole", async () => {
    await using workspace = await createTempDirectory();
    const path = join(workspace.path, "AGENTS.md");
    await writeFile(path, "BEGIN");
    await truncate(path, 8 * 1024 ** 3);
    await using agent = await startIn(workspace.path, { bootstrapMaxChars: 1_000 });
    expect((await agent.run()).error).toBeUndefined();
    expect(systemPrompt(agent)).toContain("BEGIN");
  });

  test("a link out of the workspace is not followed, by file or by directory", async () => {
    await using outside = await createTempDirectory();
    await using workspace = await createTempDirectory();
    await writeFile(join(outside.path, "secret.txt"), "the crown jewels");
    await symlink(join(outside.path, "secret.txt"), join(workspace.path, "USER.md"));
    await symlink("../../../../../../../../etc/hostname", join(workspace.path, "TOOLS.md"));
    await using agent = await startIn(workspace.path);
    await agent.run();
    const prompt = systemPrompt(agent);
    expect(prompt).not.toContain("crown jewels");
    expect(prompt).toContain("[missing file: USER.md]");
    expect(prompt).toContain("[missing file: TOOLS.md]");
    expect(agent.log.text).toContain("leads out of the workspace");
  });

  test("a link inside the workspace, and a workspace that is itself a link, are fine", async () => {
    await using place = await createTempDirectory();
    await mkdir(join(place.path, "real", "notes"), { recursive: true });
    await writeFile(join(place.path, "real", "notes", "me.md"), "linked within");
    await symlink("notes/me.md", join(place.path, "real", "USER.md"));
    await symlink("real", join(place.path, "workspace"));
    await using agent = await startIn(join(place.path, "workspace"));
    await agent.run();
    expect(systemPrompt(agent)).toContain("linked within");
  });

  test.skipIf(process.platform === "win32")(
    "a pipe or a directory with the name of a file does not stop the turn",
    async () => {
      await using workspace = await createTempDirectory();
      execFileSync("mkfifo", [join(workspace.path, "AGENTS.md")]);
      await mkdir(join(workspace.path, "directory"));
      await rename(join(workspace.path, "directory"), join(workspace.path, "SOUL.md"));
      await using agent = await startIn(workspace.path);
      expect((await agent.run()).error).toBeUndefined();
      expect(systemPrompt(agent)).toContain("[missing file: AGENTS.md]");
    },
  );
});
