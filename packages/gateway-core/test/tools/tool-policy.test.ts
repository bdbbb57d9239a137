import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { fixedConfig } from "../../src/config/runtime.ts";
import type { GatewayConfigInput } from "../../src/config/schema.ts";
import { type ToolPolicy, toolPolicy, type ToolSubject } from "../../src/tools/tool-policy.ts";

const TOOLS = [
  "exec",
  "read",
  "session_status",
  "sessions_list",
  "sessions_send",
  "message",
  "web_fetch",
  "cron",
  "image",
  "weather",
  "mcp_files_read",
];
const OPUS = { provider: "anthropic", model: "claude-opus" };
const GROUP = { channel: "telegram", account: "default", chatId: "-100" } as const;

function policyOf(config: GatewayConfigInput, subject: Partial<ToolSubject> = {}): ToolPolicy {
  return toolPolicy(fixedConfig(config).current, { agentId: "main", chatType: "group", ...subject });
}

function left(config: GatewayConfigInput, subject: Partial<ToolSubject> = {}, model = OPUS): string[] {
  const allows = policyOf(config, subject);
  return TOOLS.filter((tool) => allows(tool, model));
}

describe("toolPolicy", () => {
  it("without rules leaves every tool", () => {
    expect(left({})).toEqual(TOOLS);
  });

  it.each([
    ["minimal", ["session_status"]],
    ["coding", ["exec", "read", "session_status", "sessions_list", "sessions_send", "image"]],
    ["messaging", ["session_status", "sessions_list", "sessions_send", "message"]],
    ["full", TOOLS],
  ] as const)("begins with the profile %s", (profile, tools) => {
    expect(left({ tools: { profile } })).toEqual(tools);
  });

  it("adds alsoAllow to the profile, and an agent's profile stands for the gateway's", () => {
    expect(left({ tools: { profile: "minimal", alsoAllow: ["group:plugins"] } })).toEqual([
      "session_status",
      "weather",
      "mcp_files_read",
    ]);
    const list = [{ id: "main", tools: { profile: "messaging" as const } }];
    expect(left({ tools: { profile: "minimal" }, agents: { list } })).toContain("message");
  });

  it("understands names in any case, patterns and groups; deny wins over allow", () => {
    expect(left({ tools: { allow: ["SESSIONS_*", "group:web"], deny: ["*_send"] } })).toEqual([
      "sessions_list",
      "web_fetch",
    ]);
    expect(left({ tools: { deny: ["*"] } })).toEqual([]);
    expect(left({ tools: { allow: ["group:openclaw"] } })).not.toContain("weather");
    expect(left({ tools: { deny: ["group:openclaw"] } })).toEqual(["weather", "mcp_files_read"]);
  });

  it("takes an allow list of additions as no word about the documented tools", () => {
    expect(left({ tools: { allow: ["weather"] } })).toEqual(TOOLS.filter((tool) => tool !== "mcp_files_read"));
    expect(left({ tools: { allow: ["browser"] } }), "a documented tool that this gateway lacks").toEqual([]);
  });

  it("offers nodes and canvas only where an allow list names them", () => {
    const named = (config: GatewayConfigInput) => ["nodes", "canvas"].filter((tool) => policyOf(config)(tool));
    expect(named({})).toEqual([]);
    expect(named({ tools: { allow: ["*"] } })).toEqual([]);
    expect(named({ tools: { alsoAllow: ["group:ui"] } })).toEqual(["canvas"]);
    expect(named({ tools: { allow: ["nodes", "canvas"] } })).toEqual(["nodes", "canvas"]);
    expect(named({ agents: { list: [{ id: "main", tools: { alsoAllow: ["nodes"] } }] } })).toEqual(["nodes"]);
  });

  it("narrows by provider and by model, the model's entry standing for the provider's", () => {
    const byProvider = { Anthropic: { deny: ["exec"] }, "anthropic/claude-haiku": { profile: "minimal" as const } };
    expect(left({ tools: { byProvider } })).toEqual(TOOLS.filter((tool) => tool !== "exec"));
    expect(left({ tools: { byProvider } }, {}, { provider: "anthropic", model: "claude-haiku" })).toEqual([
      "session_status",
    ]);
    expect(left({ tools: { byProvider } }, {}, { provider: "openai", model: "gpt" })).toEqual(TOOLS);
    expect(policyOf({ tools: { byProvider } })("exec"), "without a model").toBe(true);
  });

  it("narrows by agent, for that agent only", () => {
    const config = {
      agents: {
        list: [{ id: "work", tools: { allow: ["message"], byProvider: { anthropic: { deny: ["message"] } } } }],
      },
    };
    expect(left(config, { agentId: "work" })).toEqual([]);
    expect(left(config, { agentId: "work" }, { provider: "openai", model: "gpt" })).toEqual(["message"]);
    expect(left(config, { agentId: "main" })).toEqual(TOOLS);
  });

  it("narrows in groups: topic, sender in the group, group, sender in any group, any group", () => {
    const channels = {
      telegram: {
        groups: {
          "-100": {
            tools: { allow: ["message"] },
            toolsBySender: { "7": { deny: ["exec"] } },
            topics: { "5": { tools: { profile: "minimal" } } },
          },
          "*": { tools: { deny: ["*"] }, toolsBySender: { "7": { allow: ["cron"] } } },
        },
      },
    };
    expect(left({ channels }, { chat: GROUP })).toEqual(["message"]);
    expect(left({ channels }, { chat: { ...GROUP, senderId: "7" } })).not.toContain("exec");
    expect(left({ channels }, { chat: { ...GROUP, threadId: "5", senderId: "7" } })).toEqual(["session_status"]);
    expect(left({ channels }, { chat: { ...GROUP, chatId: "-200" } })).toEqual([]);
    expect(left({ channels }, { chat: { ...GROUP, chatId: "-200", senderId: "7" } })).toEqual(["cron"]);
    expect(left({ channels }, { chat: GROUP, chatType: "direct" })).toEqual(TOOLS);
  });

  it("is that of every sender whose messages were put together", () => {
    const toolsBySender = { "7": { deny: ["exec"] }, "telegram:8": { deny: ["cron"] }, "*": { profile: "minimal" } };
    const channels = { telegram: { groups: { "-100": { toolsBySender } } } };
    const of = (...senders: string[]) => left({ channels }, { chat: GROUP, senders });
    expect(of("7")).toEqual(TOOLS.filter((tool) => tool !== "exec"));
    expect(of("7", "8")).toEqual(TOOLS.filter((tool) => tool !== "exec" && tool !== "cron"));
    expect(of("7", "9")).toEqual(["session_status"]);
    expect(of()).toEqual(["session_status"]);
  });

  it("of a sub-agent has no tools for sessions, and what tools.subagents leaves of the others", () => {
    const of = (tools: { allow?: string[]; deny?: string[] }) =>
      left({ tools: { subagents: { tools } } }, { isSubagent: true });
    const sessions = new Set(["sessions_list", "sessions_history", "sessions_send", "sessions_spawn"]);
    expect(of({})).toEqual(TOOLS.filter((tool) => !sessions.has(tool)));
    expect(of({ deny: ["exec"] })).toEqual(TOOLS.filter((tool) => !sessions.has(tool) && tool !== "exec"));
    expect(of({ allow: ["web_fetch", "sessions_send"] })).toEqual(["web_fetch"]);
    expect(left({ tools: { subagents: { tools: { deny: ["*"] } } } })).toEqual(TOOLS);
  });

  it("no narrower step gives back what an earlier one took", () => {
    const entries = fc.array(
      fc.constantFrom(...TOOLS, "*", "group:web", "group:plugins", "group:openclaw", "sessions_*", "nonsense"),
      { maxLength: 4 },
    );
    const lists = fc.record({ allow: entries, alsoAllow: entries, deny: entries }, { requiredKeys: [] });
    const profile = fc.constantFrom("minimal" as const, "coding" as const, "messaging" as const, "full" as const);
    const rules = fc.record({ profile, allow: entries, alsoAllow: entries, deny: entries }, { requiredKeys: [] });
    fc.assert(
      fc.property(rules, lists, rules, rules, (wide, ofAgent, ofProvider, ofChat) => {
        // An agent's alsoAllow belongs to the profile's step, so the wide policy has it too.
        const { alsoAllow, ...agentStep } = ofAgent;
        const begin = alsoAllow === undefined ? {} : { alsoAllow };
        const base = left({ tools: wide, agents: { list: [{ id: "main", tools: begin }] } });
        const narrowed = left(
          {
            tools: { ...wide, byProvider: { anthropic: ofProvider } },
            agents: {
              list: [{ id: "main", tools: { ...begin, ...agentStep, byProvider: { anthropic: ofProvider } } }],
            },
            channels: { telegram: { groups: { "-100": { tools: ofChat } } } },
          },
          { chat: GROUP },
        );
        expect(base).toEqual(expect.arrayContaining(narrowed));
        const denied = left({ tools: { ...wide, deny: [...(wide.deny ?? []), "exec"] } });
        expect(denied).not.toContain("exec");
      }),
      { numRuns: 150 },
    );
  });

  it("refuses without a model only what it refuses with every model", () => {
    const rules = { profile: "messaging" as const, byProvider: { anthropic: { allow: ["message"] } } };
    const allows = policyOf({ tools: rules });
    for (const tool of TOOLS) if (allows(tool, OPUS)) expect(allows(tool)).toBe(true);
  });
});
