/**
 * What recorded hellos and events have and ours have not, by the reason, as in known-differences.ts.
 */
export const EVENT_DIFFERENCES: Readonly<Record<3 | 4, Readonly<Record<string, readonly string[]>>>> = {
  3: {
    "There is no canvas host.": ["hello-ok payload.canvasHostUrl: undefined"],
    "Only a device gets a token, and this client is none.": ["hello-ok payload.auth: undefined"],
  },
  4: {
    "Products that this gateway does not have: builds of its own, widgets, plugins, updates, several users, shared sessions.":
      [
        "hello-ok payload.server.buildId: undefined",
        "hello-ok payload.server.controlUiBuildSource: undefined",
        "hello-ok payload.snapshot.health.plugins: undefined",
        "hello-ok payload.snapshot.updateSchedule: undefined",
        "hello-ok payload.controlUi*",
        "hello-ok payload.pluginSurfaceUrls: undefined",
        "hello-ok payload.auth.recovery*",
        "hello-ok payload.policy.*",
        "health payload.plugins: undefined",
        "sessions.changed *",
      ],
    "Told elsewhere: processor time is in the log.": [
      "hello-ok payload.snapshot.health.eventLoop.cpuBreakdown: undefined",
      "health payload.eventLoop.cpuBreakdown: undefined",
    ],
    "A configuration given in code, as in this test, has no hash.": [
      "hello-ok payload.snapshot.appliedConfigHash: undefined",
    ],
    "Only a device gets a token, and this client is none.": [
      "hello-ok payload.auth.deviceToken: undefined",
      "hello-ok payload.auth.issuedAtMs: undefined",
    ],
    "The node of the test has no model, family or permissions.": [
      "node.pair.requested payload.deviceFamily: undefined",
      "node.pair.requested payload.modelIdentifier: undefined",
      "node.pair.requested payload.permissions.camera.capture: undefined",
    ],
    "The text of a turn is one item.": ["agent assistant payload.data.itemId: undefined"],
    "The event of the start has told when that was.": [
      "agent lifecycle error payload.data.startedAt: undefined",
      "agent lifecycle error payload.data.executionSettled: undefined",
    ],
    "The event says what happened; a job of the main session delivers nothing.": [
      "cron updated payload.job.state.scheduleActivatedAtMs: undefined",
      "cron started payload.job.state.runningAtMs: undefined",
      "cron finished payload.*",
    ],
  },
};
