import { FakeGateway } from "@openclaw/testkit/fake-gateway";
import { describe, expect, it } from "vitest";

import { EXIT } from "../src/index.ts";
import { run } from "./memory-host.ts";

const row = {
  key: "agent:main:main",
  kind: "direct",
  displayName: "Ada",
  updatedAt: 1,
  modelProvider: "offline",
  model: "echo",
  totalTokens: 500,
} as const;
const list = {
  ts: 1,
  path: "/state/openclaw.sqlite",
  count: 1,
  defaults: { modelProvider: "offline", model: "echo", contextTokens: 1000 },
  sessions: [row],
};

describe("sessions", () => {
  it("lists conversations with what they took of the context", async () => {
    await using gateway = await FakeGateway.start({ answers: { "sessions.list": () => list } });
    const ran = await run(["sessions", "--active", "60", "--agent", "main"], { url: gateway.url });
    expect(ran).toMatchObject({ exitCode: EXIT.ok });
    expect(ran.stdout).toMatch(/agent:main:main\s+Ada\s+direct.*offline\/echo\s+500 \(50 %\)/u);
    expect((await run(["sessions", "list", "--json"], { url: gateway.url })).json).toEqual(list);
    expect(gateway.callsOf("sessions.list")).toEqual([
      { limit: 100, activeMinutes: 60, agentId: "main" },
      { limit: 100 },
    ]);
  });

  it("exports a transcript page by page, one JSON object on a line", async () => {
    const message = { role: "user", content: [{ type: "text", text: "hi" }], timestamp: 1 };
    const page = { key: "agent:main:main", sessionId: "s1", createdAt: 0, pastSessionIds: ["s0"] };
    await using gateway = await FakeGateway.start({
      answers: {
        "sessions.export": ({ params }) =>
          params["cursor"] === undefined
            ? { ...page, entries: [{ id: "7", timestamp: 1, runId: "r", message }], nextCursor: "7" }
            : { ...page, entries: [{ id: "9", timestamp: 2, message }], nextCursor: null },
      },
    });
    const ran = await run(["sessions", "export", "main"], { url: gateway.url });
    const lines = ran.stdout
      .trim()
      .split("\n")
      .map((text) => JSON.parse(text) as unknown);
    expect(lines).toEqual([
      {
        type: "session",
        id: "s1",
        key: "agent:main:main",
        timestamp: "1970-01-01T00:00:00.000Z",
        pastSessionIds: ["s0"],
      },
      { type: "message", id: "7", parentId: null, timestamp: "1970-01-01T00:00:00.001Z", runId: "r", message },
      { type: "message", id: "9", parentId: "7", timestamp: "1970-01-01T00:00:00.002Z", message },
    ]);
    expect(gateway.callsOf("sessions.export")).toEqual([
      { key: "main" },
      { key: "main", sessionId: "s1", cursor: "7" },
    ]);
  });
});
