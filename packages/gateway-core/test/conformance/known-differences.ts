/**
 * What recorded answers have and ours have not, by the reason. The test fails for a difference that is not listed, and
 * for a listed one that is none any more. A star at the end stands for anything.
 */
export const KNOWN_DIFFERENCES: Readonly<Record<3 | 4, Readonly<Record<string, readonly string[]>>>> = {
  3: {
    "Sessions of the control plane belong to no channel; the recorded ones were said to belong to webchat.": [
      "sessions.list sessions[].channel: undefined",
      "sessions.list sessions[].deliveryContext: undefined",
      "sessions.list sessions[].displayName: undefined",
      "sessions.list sessions[].lastChannel: undefined",
      "sessions.list sessions[].lastTo: undefined",
      "sessions.list sessions[].origin: undefined",
    ],
    "How full a context is can not be said from sums over turns.": [
      "sessions.list sessions[].contextTokens: undefined",
      "status sessions.recent[].percentUsed: null",
      "status sessions.recent[].remainingTokens: null",
    ],
    "Only a level that was set is named.": ["chat.history thinkingLevel: undefined"],
    "The system prompt is built for every turn, so there is no moment at which it was sent.": [
      "sessions.list sessions[].systemSent: undefined",
      "status sessions.recent[].systemSent: undefined",
    ],
    "No heartbeat has run yet.": ["last-heartbeat : null"],
    "The file names no socket: approvals go over the connection.": ["exec.approvals.get file.socket: undefined"],
    "The scripted agent of the test says no model, tokens or price in its messages.": [
      "chat.history messages[].api: undefined",
      "chat.history messages[].model: undefined",
      "chat.history messages[].provider: undefined",
      "chat.history messages[].usage: undefined",
    ],
  },
  4: {
    "Products that this gateway does not have: worker pools, tasks, plugins, a desktop, placements, several users.": [
      "chat.metadata accountSelection: undefined",
      "chat.startup defaults.agentRuntime: undefined",
      "chat.startup defaults.modelSelectionTarget: undefined",
      "chat.startup messages[].__openclaw.sender*",
      "chat.startup messages[].__openclaw.transport: undefined",
      "chat.startup sessionInfo.*",
      "config.get agentRosterIncludeOwned: undefined",
      "config.get bindingsIncludeOwned: undefined",
      "cron.list deliveryPreviews: undefined",
      "cron.status triggersEnabled: undefined",
      "health modelRuntime: undefined",
      "health plugins: undefined",
      "sessions.create entry.*",
      "sessions.describe session.*",
      "sessions.get messages[].__openclaw.sender*",
      "sessions.get messages[].__openclaw.transport: undefined",
      "sessions.patch entry.*",
      "status degraded*",
      "status heartbeat.agents[].waitingForRoute: undefined",
      "status hostDesktop: undefined",
      "status modelRuntime: undefined",
      "status shutdownBudget: undefined",
      "status task*",
      "status workerPools: undefined",
    ],
    "Told elsewhere: system.* facts are in the log and in health.": [
      "channels.status eventLoop: undefined",
      "health eventLoop.cpu*",
      "status eventLoop: undefined",
      "status pid: undefined",
      "status processMemory: undefined",
    ],
    "A page is asked for by number, and a list is read anew, so there are no cursors and revisions.": [
      "chat.startup deltaCursor: undefined",
      "chat.startup messages[].__openclaw.transcriptPosition: undefined",
      "cron.list snapshotRevision: undefined",
      "sessions.get messages[].__openclaw.transcriptPosition: undefined",
    ],
    "The key of a message stands beside its content only.": [
      "chat.startup messages[].__openclaw.idempotencyKey: undefined",
      "sessions.get messages[].__openclaw.idempotencyKey: undefined",
    ],
    "Included files are named, without which key came from which.": ["config.get includeProvenance: undefined"],
    "What people wrote comes as content blocks in both generations.": [
      "chat.startup messages[].content: object",
      "sessions.get messages[].content: object",
    ],
    "Models have no levels of their own to choose from, and the test's model no tags.": [
      "chat.metadata models[].tags: undefined",
      "chat.metadata models[].thinking*",
    ],
    "Approvals are not replayed with a subscription; exec.approval.list names those that wait.": [
      "sessions.messages.subscribe approvalReplay: undefined",
    ],
    "sessions.describe tells what is in use.": ["sessions.patch resolved: undefined"],
    "The file names no socket: approvals go over the connection.": ["exec.approvals.get file.socket: undefined"],
    "No job is due, and no heartbeat has run yet.": ["cron.status nextWakeAtMs: null", "last-heartbeat : null"],
  },
};

/** Calls that were recorded with an error, or that need what the test does not have; the start of our message. */
export const EXPECTED_ERRORS: Readonly<Record<string, string>> = {
  "device.pair.approve": "unknown requestId",
  "message.action": "unsupported channel: telegram",
  "node.pair.approve": "unknown requestId",
};
