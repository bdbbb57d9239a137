import * as z from "zod";

import { healthSnapshot } from "./health.ts";
import { count, identifier, line, milliseconds, sessionKey, timestamp, words } from "./primitives.ts";
import { presenceEntry } from "./presence.ts";
import { stateVersion } from "./frame.ts";

const secret = z.string().max(4096);

export const clientId = z
  .enum([
    "cli",
    "gateway-client",
    "webchat",
    "webchat-ui",
    "openclaw-control-ui",
    "openclaw-tui",
    "openclaw-macos",
    "openclaw-ios",
    "openclaw-android",
    "openclaw-linux",
    "openclaw-watchos",
    "openclaw-browser-copilot",
    "openclaw-worker",
    "openclaw-probe",
    "node-host",
    "fingerprint",
    "test",
  ])
  .meta({ id: "ClientId", description: "Which program connects. A program of your own uses gateway-client." });

export const clientMode = z
  .enum(["cli", "ui", "webchat", "backend", "node", "probe", "worker", "test"])
  .meta({ id: "ClientMode", description: "What the program is doing." });

export const clientInfo = z
  .strictObject({
    id: clientId,
    displayName: line.optional(),
    version: z.string().min(1).max(256),
    platform: z.string().min(1).max(256),
    deviceFamily: line.optional(),
    modelIdentifier: line.optional(),
    mode: clientMode,
    instanceId: identifier.optional().describe("The same across reconnects; keys the presence row."),
    buildId: line.optional(),
    timeZone: line.optional(),
  })
  .meta({ id: "ClientInfo", description: "Who connects." });

export const deviceProof = z
  .strictObject({
    id: identifier.describe("Lower-case hex SHA-256 of the raw public key."),
    publicKey: z.string().min(1).max(1024).describe("Ed25519, base64url of the raw 32 bytes."),
    signature: z.string().min(1).max(1024).describe("Base64url."),
    signedAt: timestamp,
    nonce: z.string().min(1).max(256).optional().describe("The nonce of this socket's connect.challenge."),
  })
  .meta({ id: "DeviceProof", description: "Proof that the client holds the key of a device." });

export const connectAuth = z
  .strictObject({
    token: secret.optional().describe("The gateway's token, or a device token."),
    password: secret.optional(),
    deviceToken: secret.optional(),
    bootstrapToken: secret.optional(),
    approvalRuntimeToken: secret.optional(),
    agentRuntimeIdentityToken: secret.optional(),
  })
  .meta({ id: "ConnectAuth", description: "Credentials." });

export const resumePoint = z
  .strictObject({
    epoch: identifier.describe("hello-ok.resume.epoch of the connection that was lost."),
    seq: count.describe("The number of the last event that arrived."),
  })
  .meta({
    id: "ResumePoint",
    description: "Where a client left its numbered events. Only for a gateway that offered it.",
  });

/** R5.1, with what the clients of protocols 3 and 4 send. */
export const connectParams = z
  .strictObject({
    minProtocol: z.int().min(1),
    maxProtocol: z.int().min(1),
    client: clientInfo,
    caps: words.optional(),
    commands: words.optional().describe("For nodes: what node.invoke may ask."),
    permissions: z.record(z.string().max(256), z.boolean()).optional(),
    pathEnv: z.string().max(65_536).optional(),
    role: z.string().min(1).max(64).optional().describe("operator (when omitted) or node."),
    scopes: words.optional(),
    device: deviceProof.optional(),
    auth: connectAuth.optional(),
    locale: line.optional(),
    userAgent: z.string().max(4096).optional(),
    modelCatalog: z.strictObject({ agentId: identifier.optional(), sessionKey }).optional(),
    resume: resumePoint.optional(),
  })
  .meta({ id: "ConnectParams", description: "The parameters of the first request." });

export const sessionDefaults = z
  .object({
    defaultAgentId: identifier,
    mainKey: identifier,
    mainSessionKey: sessionKey.describe("The full form; events use it."),
    scope: line,
    modelConfigured: z.boolean().optional().describe("False while turns are answered without a model."),
    ownership: line.optional(),
    selectionRequired: z.boolean().optional(),
  })
  .meta({ id: "SessionDefaults", description: "Which session a client opens first." });

export const snapshot = z
  .object({
    presence: z.array(presenceEntry),
    health: healthSnapshot,
    stateVersion: stateVersion,
    uptimeMs: milliseconds,
    suspension: z
      .object({ phase: line.describe("accepting: requests are taken.") })
      .optional()
      .describe("For clients of protocol 4."),
    appliedConfigHash: line.optional().describe("As config.get has it. For clients of protocol 4."),
    configPath: z.string().optional().describe("For operators with operator.admin."),
    stateDir: z.string().optional().describe("For operators with operator.admin."),
    sessionDefaults: sessionDefaults.optional(),
    authMode: line.optional().describe("For operators with operator.admin."),
  })
  .meta({ id: "Snapshot", description: "All a client needs to show the gateway without another request." });

export const connectionPolicy = z
  .object({
    maxPayload: count.describe("The largest frame the gateway takes, in bytes."),
    maxBufferedBytes: count.describe("How much may wait for a slow client."),
    tickIntervalMs: milliseconds,
  })
  .meta({ id: "ConnectionPolicy", description: "The limits of this connection." });

export const helloAuth = z
  .object({
    method: line.optional().describe("token, password or device-token."),
    role: line,
    scopes: words,
    deviceToken: secret.optional().describe("For later connects in place of the shared secret."),
    issuedAtMs: timestamp.optional(),
  })
  .meta({ id: "HelloAuth", description: "What the connection may do." });

export const resumeOffer = z
  .object({
    epoch: identifier.describe("Names the numbered events of this client, across its connections."),
    seq: count.describe("The next numbered event has this number plus one."),
    recovered: z
      .boolean()
      .optional()
      .describe("After a connect with resume: true when exactly the missed events follow, false when they are lost."),
  })
  .meta({ id: "ResumeOffer", description: "For clients with the cap resume: how to go on after a lost connection." });

/** R5.2 and R5.4. */
export const helloOk = z
  .object({
    type: z.literal("hello-ok"),
    protocol: z.int().describe("The version both sides speak from here on."),
    server: z
      .object({
        version: z.string(),
        connId: identifier,
        host: line.optional(),
        commit: line.optional(),
        buildId: line.optional(),
        bootId: identifier.optional().describe("Changes with every start of the gateway."),
      })
      .meta({ id: "ServerInfo", description: "Which gateway answered." }),
    features: z
      .object({
        methods: z.array(z.string()),
        events: z.array(z.string()),
        capabilities: z.array(z.string()).optional(),
      })
      .meta({ id: "Features", description: "What this gateway serves." }),
    snapshot: snapshot,
    canvasHostUrl: z.string().optional(),
    pluginSurfaceUrls: z.record(z.string(), z.string()).optional(),
    auth: helloAuth.optional(),
    policy: connectionPolicy,
    resume: resumeOffer.optional(),
  })
  .meta({ id: "HelloOk", description: "The connection stands." });
