/**
 * Plays the calls that clients of both generations made to gateways of their own kind, word for word, and compares the
 * shapes of the answers with those that were recorded. Source: wire facts 22 to 23.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { createMemoryChannel } from "@openclaw/channels-contract/memory";
import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { loadConfigRuntime } from "../../src/config/runtime.ts";
import { startGateway } from "../support/running-gateway.ts";
import { EXPECTED_ERRORS, KNOWN_DIFFERENCES } from "./known-differences.ts";
import { covers, differences, type Shape } from "./shape.ts";

interface Recorded {
  readonly calls: readonly { readonly from: string; readonly method: string; readonly params?: unknown }[];
  /** By method. */
  readonly answers: Readonly<Record<string, Shape>>;
}

let directory: TempDirectory;
beforeEach(async () => {
  directory = await createTempDirectory();
});
afterEach(() => directory[Symbol.asyncDispose]());

async function startWithFile() {
  const stateDir = join(directory.path, "state");
  await mkdir(stateDir);
  const log = join(directory.path, "gateway.log");
  const config = { gateway: { mode: "local" }, channels: { memory: {} }, logging: { file: log } };
  await writeFile(join(stateDir, "openclaw.json"), JSON.stringify(config), { mode: 0o600 });
  const { plugin } = createMemoryChannel();
  const runtime = await loadConfigRuntime({
    environment: { OPENCLAW_STATE_DIR: stateDir },
    homeDirectory: directory.path,
    workingDirectory: directory.path,
    channelSchemas: { [plugin.id]: plugin.configSchema },
  });
  return startGateway(stateDir, { config: runtime });
}

describe.each([3, 4] as const)("recorded calls of clients of protocol %d", (protocol) => {
  it("are all answered, in shapes that these clients know", async () => {
    const path = new URL(`./fixtures/recorded.p${protocol}.json`, import.meta.url);
    const { calls, answers } = JSON.parse(await readFile(path, "utf8")) as Recorded;
    await using gateway = await startWithFile();
    await gateway.call("agent", { message: "before", sessionKey: "main", idempotencyKey: "before" });
    const scopes = ["operator.admin", "operator.approvals", "operator.pairing"];
    await using client = await gateway.connect({ protocol, scopes });
    const found = new Set<string>();
    for (const { from, method, params } of calls) {
      const { ok, payload, error } = await client.request(method, params);
      const expected = EXPECTED_ERRORS[method];
      if (ok !== true) {
        expect(error?.message, `${from}: ${method}`).toMatch(expected ?? "an answer");
        continue;
      }
      const runId = payload?.["runId"];
      // So that what is asked next does not depend on how far the turn is.
      if (typeof runId === "string") await gateway.call("agent.wait", { runId, timeoutMs: 5_000 });
      const shape = isEmptyHistory(payload) ? undefined : answers[method];
      if (shape !== undefined) for (const one of differences(shape, payload)) found.add(`${method} ${one}`);
    }
    const known = Object.values(KNOWN_DIFFERENCES[protocol]).flat();
    expect([...found].filter((one) => !known.some((entry) => covers(entry, one)))).toEqual([]);
    expect(known.filter((entry) => ![...found].some((one) => covers(entry, one)))).toEqual([]);
  });
});

/** A session that nobody has spoken in has nothing to compare. */
function isEmptyHistory(payload: unknown): boolean {
  const messages =
    typeof payload === "object" && payload !== null && "messages" in payload ? payload.messages : undefined;
  return Array.isArray(messages) && messages.length === 0;
}
