import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { startGateway } from "../support/running-gateway.ts";

let directory: TempDirectory;
beforeEach(async () => {
  directory = await createTempDirectory();
});
afterEach(() => directory[Symbol.asyncDispose]());

/** What clients of the newer generation add to methods of the older one. Source: wire facts 24b.5 and 22.4. */
const NEWER: readonly (readonly [method: string, params: object, ignored: readonly string[]])[] = [
  ["sessions.list", { configuredAgentsOnly: true, ownerFirst: true, limit: 5 }, ["configuredAgentsOnly", "ownerFirst"]],
  ["models.list", { view: "all", agentId: "main", sessionKey: "main", preparedOnly: true }, ["view", "preparedOnly"]],
  ["skills.status", { agentId: "main" }, []],
  ["cron.list", { agentId: "main", includeDeliveryPreviews: true, compact: true, scheduleKind: "all" }, ["compact"]],
  ["cron.runs", { scope: "all", agentId: "main", status: "all", sortDir: "desc" }, ["scope", "sortDir"]],
  ["status", { includeChannelSummary: false, includeCliProjection: true }, ["includeCliProjection"]],
  ["sessions.patch", { key: "main", unread: false, agentId: "main" }, ["unread"]],
  ["chat.startup", { sessionKey: "main", cursor: null }, ["cursor"]],
];

describe("24b.5 parameters of another generation", () => {
  it("are ignored with a note in the debug log, where clients are known to send them", async () => {
    await using gateway = await startGateway(directory.path);
    for (const protocol of [3, 4] as const) {
      await using client = await gateway.connect({ protocol });
      for (const [method, params, ignored] of NEWER) {
        expect(await client.request(method, params), method).toMatchObject({ ok: true });
        const line = gateway.log.lines.findLast(
          ({ message, fields }) => message === "request" && fields?.["method"] === method,
        );
        expect(line?.fields?.["ignored"] ?? [], method).toEqual(expect.arrayContaining([...ignored]));
      }
    }
  });

  it("are an error anywhere else", async () => {
    await using gateway = await startGateway(directory.path);
    await using client = await gateway.connect();
    for (const method of ["sessions.list", "config.get", "usage.cost", "skills.status", "agents.list"]) {
      expect(await client.request(method, { bogus: 1 }), method).toMatchObject({
        ok: false,
        error: {
          code: "INVALID_REQUEST",
          message: `invalid ${method} params: at root: unexpected property 'bogus'`,
        },
      });
    }
  });
});
