import json5 from "json5";
import { describe, expect, it } from "vitest";

import { fixedConfig } from "../../src/config/runtime.ts";
import { renderConfigReference } from "../../src/config/inspect/reference.ts";
import { type GatewayConfigInput, unsupportedKeys } from "../../src/config/schema.ts";

/** A file with a key from every documented section. */
const documented = {
  meta: { lastTouchedVersion: "2026.1.30", lastTouchedAt: "2026-02-01T00:00:00Z" },
  wizard: { lastRunAt: "x", lastRunVersion: "x", lastRunCommit: "x", lastRunCommand: "onboard", lastRunMode: "local" },
  env: { OPENROUTER_API_KEY: "k", vars: { GROQ_API_KEY: "k" }, shellEnv: { enabled: true, timeoutMs: 15_000 } },
  auth: {
    profiles: { "anthropic:me@example.org": { provider: "anthropic", mode: "oauth", email: "me@example.org" } },
    order: { anthropic: ["anthropic:me@example.org"] },
    cooldowns: { billingBackoffHours: 5, billingMaxHours: 24, failureWindowHours: 24 },
  },
  logging: {
    level: "info",
    file: "/tmp/x.log",
    consoleLevel: "info",
    consoleStyle: "pretty",
    redactSensitive: "tools",
    redactPatterns: ["\\bX\\d+"],
  },
  gateway: {
    mode: "local",
    port: 18_789,
    bind: "loopback",
    auth: { mode: "token", token: "t", allowTailscale: true },
    tailscale: { mode: "off", resetOnExit: false },
    controlUi: { enabled: true, basePath: "/openclaw", allowInsecureAuth: false },
    trustedProxies: ["10.0.0.1"],
    remote: {
      url: "ws://gateway.tailnet:18789",
      token: "t",
      password: "p",
      transport: "ssh",
      sshTarget: "me@h",
      sshIdentity: "~/.ssh/id",
    },
    reload: { mode: "hybrid", debounceMs: 300 },
    http: { endpoints: { chatCompletions: { enabled: true }, responses: { enabled: true, maxBodyBytes: 20_000_000 } } },
    nodes: { browser: { mode: "auto" } },
  },
  agents: {
    defaults: {
      workspace: "~/.openclaw/workspace",
      userTimezone: "Europe/Berlin",
      model: { primary: "anthropic/claude", fallbacks: ["openai/gpt"] },
      imageModel: { primary: "openrouter/x" },
      models: { "anthropic/claude": { alias: "opus", params: { temperature: 0.6 } } },
      thinkingDefault: "low",
      verboseDefault: "off",
      elevatedDefault: "on",
      blockStreamingDefault: "off",
      blockStreamingBreak: "text_end",
      blockStreamingChunk: { minChars: 800, maxChars: 1200, breakPreference: "paragraph" },
      blockStreamingCoalesce: { idleMs: 1000 },
      humanDelay: { mode: "natural" },
      timeoutSeconds: 600,
      mediaMaxMb: 5,
      typingIntervalSeconds: 5,
      maxConcurrent: 3,
      heartbeat: { every: "30m", target: "last", ackMaxChars: 300 },
      memorySearch: { provider: "gemini" },
      sandbox: { mode: "non-main", scope: "session", docker: { image: "x" } },
      subagents: { maxConcurrent: 8, archiveAfterMinutes: 60 },
      compaction: { mode: "safeguard" },
      contextPruning: { mode: "cache-ttl", ttl: "5m" },
    },
    list: [
      {
        id: "main",
        default: true,
        identity: { name: "Samantha", theme: "helpful sloth", emoji: "🦥", avatar: "a.png" },
        groupChat: { mentionPatterns: ["@sam"] },
      },
      {
        id: "work",
        model: "openai/gpt",
        workspace: "~/work",
        sandbox: { mode: "off" },
        tools: { allow: ["read"] },
        subagents: { allowAgents: ["*"] },
      },
    ],
  },
  bindings: [
    { agentId: "work", match: { channel: "whatsapp", accountId: "biz", peer: { kind: "group", id: "1@g.us" } } },
  ],
  broadcast: { strategy: "parallel", "1@g.us": ["main", "work"] },
  session: {
    scope: "per-sender",
    dmScope: "per-channel-peer",
    identityLinks: { alice: ["telegram:1"] },
    reset: { mode: "daily", atHour: 4, idleMinutes: 60 },
    resetByType: { thread: { mode: "daily" }, dm: { mode: "idle", idleMinutes: 240 } },
    resetByChannel: { discord: { mode: "idle", idleMinutes: 10_080 } },
    resetTriggers: ["/new"],
    mainKey: "main",
    agentToAgent: { maxPingPongTurns: 5 },
    sendPolicy: { default: "allow", rules: [{ action: "deny", match: { channel: "discord", chatType: "group" } }] },
  },
  messages: {
    responsePrefix: "auto",
    ackReaction: "👀",
    ackReactionScope: "group-mentions",
    removeAckAfterReply: false,
    groupChat: { historyLimit: 50 },
    queue: { mode: "collect", debounceMs: 1000, cap: 20, drop: "summarize", byChannel: { telegram: "collect" } },
    inbound: { debounceMs: 2000, byChannel: { whatsapp: 5000 } },
    tts: { auto: "always", provider: "openai" },
  },
  commands: {
    native: "auto",
    text: true,
    bash: false,
    config: false,
    debug: false,
    restart: false,
    useAccessGroups: true,
  },
  channels: {
    defaults: { groupPolicy: "allowlist", heartbeat: { showOk: false, showAlerts: true, useIndicator: true } },
    whatsapp: { dmPolicy: "pairing", allowFrom: ["+1"] },
    discord: { enabled: true, token: "t" },
  },
  models: {
    mode: "merge",
    providers: {
      local: {
        baseUrl: "http://127.0.0.1:1234/v1",
        apiKey: "k",
        api: "openai-responses",
        authHeader: true,
        headers: { "X-P": "v" },
        models: [
          {
            id: "m",
            name: "M",
            api: "openai-responses",
            reasoning: false,
            input: ["text"],
            cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
            contextWindow: 128_000,
            maxTokens: 32_000,
          },
        ],
      },
    },
    bedrockDiscovery: { enabled: true, region: "us-east-1" },
  },
  tools: {
    profile: "coding",
    allow: ["exec"],
    deny: ["browser"],
    byProvider: { openai: { profile: "minimal" } },
    exec: { backgroundMs: 10_000, timeoutSec: 1800, host: "sandbox", applyPatch: { enabled: true } },
    elevated: { enabled: true, allowFrom: { whatsapp: ["+1"] } },
    web: { search: { enabled: true, apiKey: "k" }, fetch: { maxChars: 50_000 } },
    mcp: {
      servers: { files: { command: "files-mcp", args: ["--root", "/srv"] }, web: { url: "http://127.0.0.1:1/mcp" } },
    },
    media: { audio: { enabled: true } },
    agentToAgent: { enabled: false, allow: ["main"] },
    subagents: { tools: { deny: ["cron"] } },
    sandbox: { tools: { allow: ["exec"] } },
  },
  cron: { enabled: true, maxConcurrentRuns: 2 },
  hooks: {
    enabled: true,
    token: "t",
    path: "/hooks",
    presets: ["gmail"],
    mappings: [{ id: "x" }],
    gmail: { account: "a" },
    internal: { enabled: true },
  },
  canvasHost: { root: "~/canvas", port: 18_793, liveReload: true },
  browser: { enabled: true, defaultProfile: "chrome", profiles: { work: { cdpPort: 18_801, color: "#0066CC" } } },
  discovery: { mdns: { mode: "minimal" }, wideArea: { enabled: true } },
  skills: {
    allowBundled: ["x"],
    load: { extraDirs: ["~/s"], watch: true },
    install: { nodeManager: "npm" },
    entries: { x: { enabled: true, apiKey: "k", env: { K: "v" } } },
  },
  plugins: {
    enabled: true,
    allow: ["x"],
    deny: [],
    load: { paths: ["~/p"] },
    slots: { memory: "none" },
    entries: { x: { enabled: true, config: { a: 1 } } },
  },
  approvals: { exec: { enabled: true, mode: "targets", targets: [{ channel: "slack", to: "U1" }] } },
  diagnostics: { enabled: true, flags: ["telegram.*"], otel: { enabled: true, endpoint: "http://h:4318" } },
  ui: { seamColor: "#fff", assistant: { name: "A", avatar: "a.png" } },
  talk: { voiceId: "v", apiKey: "k", interruptOnSpeech: true },
  update: { checkOnStart: true, channel: "stable" },
  web: {
    enabled: true,
    heartbeatSeconds: 60,
    reconnect: { initialMs: 2000, maxMs: 120_000, factor: 1.4, jitter: 0.2, maxAttempts: 0 },
  },
  nodeHost: { browserProxy: { enabled: true } },
  media: {},
  audio: {},
} satisfies GatewayConfigInput;

describe("configSchema", () => {
  it("R2.1 loads an existing file with every documented section", () => {
    const { current } = fixedConfig(documented);
    expect(current.gateway.port).toBe(18_789);
    expect(current.channels["whatsapp"]).toEqual({ dmPolicy: "pairing", allowFrom: ["+1"] });
    expect(current.models.providers["local"]?.models[0]?.contextWindow).toBe(128_000);
  });

  it("fills in the documented defaults, and none for what this version does not have", () => {
    const { current } = fixedConfig({ models: { providers: { p: { models: [{ id: "m" }] } } } });
    expect(current).toEqual({
      gateway: {
        bind: "loopback",
        auth: { allowTailscale: false },
        controlUi: { allowedOrigins: [], allowInsecureAuth: false, dangerouslyDisableDeviceAuth: false },
        trustedProxies: [],
      },
      agents: { defaults: { timeoutSeconds: 600, maxConcurrent: 4 }, list: [] },
      bindings: [],
      models: {
        providers: {
          p: {
            models: [
              {
                id: "m",
                reasoning: false,
                input: ["text"],
                cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
                contextWindow: 200_000,
                maxTokens: 8192,
              },
            ],
          },
        },
      },
      channels: { defaults: { groupPolicy: "allowlist" } },
      cron: { enabled: true, maxConcurrentRuns: 1 },
      session: { scope: "per-sender", dmScope: "main", identityLinks: {}, mainKey: "main" },
      inbound: { answerBacklogMaxAgeMinutes: 720, edits: "note" },
      outbound: { unknownPolicy: "label" },
      tools: {
        web: {
          fetch: {
            enabled: true,
            maxChars: 50_000,
            timeoutSeconds: 30,
            cacheTtlMinutes: 15,
            maxRedirects: 3,
            userAgent: "Mozilla/5.0 (compatible; OpenClaw)",
            readability: true,
          },
        },
      },
      logging: {
        level: "debug",
        consoleLevel: "info",
        consoleStyle: "pretty",
        redactSensitive: "tools",
        redactPatterns: [],
      },
    });
    expect(unsupportedKeys(current)).toEqual([]);
  });

  it("is strict at every level", () => {
    for (const path of [
      "",
      "gateway",
      "gateway.auth",
      "agents",
      "agents.defaults",
      "session",
      "models",
      "outbound",
      "inbound",
      "logging",
      "tools",
      "channels.defaults",
    ]) {
      const root: Record<string, unknown> = {};
      let parent = root;
      for (const key of path === "" ? [] : path.split(".")) parent = parent[key] = {} as Record<string, unknown>;
      parent["nonsense"] = 1;
      expect(() => fixedConfig(root), path).toThrow(/nonsense: unknown key/);
    }
  });
});

describe("parts without effect in this version", () => {
  it.each([
    ["{ hooks: { mapings: [] } }", 'hooks.mapings: unknown key; did you mean "mappings"?'],
    ["{ hooks: { gmail: { serve: { prt: 1 } } } }", 'hooks.gmail.serve.prt: unknown key; did you mean "port"?'],
    ["{ cron: { maxConcurrentRuns: 0 } }", "cron.maxConcurrentRuns: expected at least 1, got 0"],
    [
      "{ tools: { exec: { host: 'moon' } } }",
      'tools.exec.host: expected one of "sandbox", "gateway", "node", got "moon"',
    ],
    ["{ tools: { web: { fetch: { maxChar: 1 } } } }", 'tools.web.fetch.maxChar: unknown key; did you mean "maxChars"?'],
    [
      "{ agents: { defaults: { heartbeat: { evry: '1m' } } } }",
      'agents.defaults.heartbeat.evry: unknown key; did you mean "every"?',
    ],
    ["{ session: { reset: { atHour: 24 } } }", "session.reset.atHour: expected at most 23, got 24"],
    ["{ browser: { profiles: { a: { cdpPort: 'x' } } } }", 'browser.profiles.a.cdpPort: expected a number, got "x"'],
    [
      "{ tools: { mcp: { servers: { a: { url: 'http://h/', command: 'x' } } } } }",
      "tools.mcp.servers.a: expected either command or url",
    ],
    ["{ canvasHost: 5 }", "canvasHost: expected an object, got 5"],
  ])("are checked all the same: %s", (source, problem) => {
    expect(() => fixedConfig(json5.parse<GatewayConfigInput>(source))).toThrow(problem);
  });
});

describe("unsupportedKeys", () => {
  it("names the topmost key of what has no effect, and no key that has one", () => {
    const found = unsupportedKeys(fixedConfig(documented).current, ["whatsapp"]);
    expect(found).toContain("hooks");
    expect(found).toContain("channels.discord");
    expect(found).not.toContain("channels.whatsapp");
    expect(found).not.toContain("cron.enabled");
    expect(found.filter((path) => /^(?:meta|wizard|logging|bindings\[0\]$)/.test(path))).toEqual([]);
  });

  it("says nothing of what is switched off", () => {
    const { current } = fixedConfig({
      cron: { enabled: false, maxConcurrentRuns: 2 },
      canvasHost: { enabled: false },
      discovery: { mdns: { mode: "off" } },
      update: { checkOnStart: false },
      gateway: { tailscale: { mode: "off" }, http: { endpoints: { responses: { enabled: false } } } },
      agents: { defaults: { heartbeat: { every: "0m" } } },
      channels: { slack: { enabled: false } },
      commands: {},
    });
    expect(unsupportedKeys(current)).toEqual([]);
  });
});

it("docs/config.md is what the schema says", async () => {
  await expect(renderConfigReference()).toMatchFileSnapshot("../../../../docs/config.md");
});
