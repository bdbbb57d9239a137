import type { ResultOf } from "@openclaw/protocol";

/** Answers as a gateway gives them, for the commands to print. */
export const health: ResultOf<"health"> = {
  ok: true,
  ts: 1_795_394_402_906,
  durationMs: 3,
  version: "9.9.9-fake",
  uptimeMs: 65_000,
  channels: { telegram: { configured: true, running: true, connected: true, state: "online" } },
  channelOrder: ["telegram"],
  channelLabels: { telegram: "Telegram" },
  heartbeatSeconds: 0,
  defaultAgentId: "main",
  agents: [
    {
      agentId: "main",
      isDefault: true,
      heartbeat: { enabled: false, every: "0m", everyMs: null },
      sessions: { path: "/state/gateway.sqlite", count: 1, recent: [] },
    },
  ],
  sessions: { path: "/state/gateway.sqlite", count: 1, recent: [] },
};

export const channels: ResultOf<"channels.status"> = {
  ts: 1_795_394_402_906,
  channelOrder: ["telegram"],
  channelLabels: { telegram: "Telegram" },
  channels: { telegram: { configured: true, running: true, connected: false, state: "unauthorized" } },
  channelAccounts: {
    telegram: [
      {
        accountId: "default",
        enabled: true,
        configured: true,
        running: true,
        connected: false,
        state: "unauthorized",
        detail: "Telegram refuses the bot token; set channels.telegram.botToken.",
        lastInboundAt: 1_795_394_342_906,
      },
    ],
  },
  channelDefaultAccountId: { telegram: "default" },
  statusIssues: [
    {
      channel: "telegram",
      accountId: "default",
      kind: "auth",
      message: "The token is refused.",
      fix: "Ask @BotFather for the token.",
    },
  ],
};

export const status: ResultOf<"status"> = {
  runtimeVersion: "9.9.9-fake",
  heartbeat: { defaultAgentId: "main", agents: [] },
  channelSummary: [],
  queuedSystemEvents: [],
  sessions: {
    paths: ["/state/gateway.sqlite"],
    count: 1,
    defaults: { model: "offline/echo", contextTokens: 128_000 },
    recent: [
      {
        key: "agent:main:main",
        kind: "direct",
        updatedAt: 1_795_394_282_906,
        age: 120_000,
        totalTokens: 1280,
        remainingTokens: 126_720,
        percentUsed: 1,
        model: "offline/echo",
        contextTokens: 128_000,
        flags: [],
      },
    ],
    byAgent: [],
  },
};

export const pairingRequest: ResultOf<"pairing.list">["requests"][number] = {
  channel: "telegram",
  accountId: "default",
  senderId: "123456789",
  displayName: "Ada",
  code: "K7QX2MNP",
  createdAt: Date.now(),
  expiresAt: Date.now() + 1_800_000,
};
