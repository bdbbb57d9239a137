import { connectParams, helloOk } from "../entities/connect.ts";
import { defineMethod } from "../define.ts";

/** R5.1, R5.2, R5.4: the opening request; any other first frame closes the socket. */
export const connect = defineMethod({
  name: "connect",
  summary: "Opens the connection: versions, credentials and who is calling. Valid as the first frame only.",
  roles: ["operator", "node"],
  scope: null,
  params: connectParams,
  result: helloOk,
  idempotency: "none",
  errors: ["NOT_PAIRED"],
  handshake: true,
  example: {
    params: {
      minProtocol: 3,
      maxProtocol: 4,
      client: { id: "gateway-client", version: "1.0.0", platform: "linux", mode: "backend" },
      role: "operator",
      scopes: ["operator.read"],
      caps: [],
      auth: { token: "the gateway's token" },
    },
    result: {
      type: "hello-ok",
      protocol: 4,
      server: { version: "1.0.0", connId: "5f6d1f3e-6d2b-4d35-9f3c-0f3a4c1f2a10" },
      features: { methods: ["health", "chat.send"], events: ["tick", "chat"] },
      snapshot: {
        presence: [{ host: "studio", mode: "gateway", reason: "self", ts: 1795394412642 }],
        health: {
          ok: true,
          ts: 1795394402906,
          durationMs: 3,
          channels: {},
          channelOrder: [],
          channelLabels: {},
          heartbeatSeconds: 1800,
          defaultAgentId: "main",
          agents: [],
          sessions: { path: "/home/me/.openclaw/openclaw.sqlite", count: 0, recent: [] },
        },
        stateVersion: { presence: 1, health: 1 },
        uptimeMs: 751486,
        sessionDefaults: {
          defaultAgentId: "main",
          mainKey: "main",
          mainSessionKey: "agent:main:main",
          scope: "per-sender",
        },
      },
      auth: { method: "token", role: "operator", scopes: ["operator.read"] },
      policy: { maxPayload: 26214400, maxBufferedBytes: 52428800, tickIntervalMs: 30000 },
    },
  },
});
