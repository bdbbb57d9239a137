import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { createMemoryChannel } from "@openclaw/channels-contract/memory";
import { METHOD_CONTRACTS } from "@openclaw/protocol/contracts";
import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { loadConfigRuntime } from "../../src/config/runtime.ts";
import { PROPERTY_TIMEOUT_MS, propertyBounds } from "../support/property-bounds.ts";
import type { RawClient } from "../support/raw-client.ts";
import { changes } from "./mutations.ts";
import { ask, type Attacked, expectWellFormed, startUnderAttack } from "./world.ts";

/** Answer when something else happened, which is never here. */
const WAITING: ReadonlySet<string> = new Set([
  "agent.wait",
  "device.scopes.waitUpgrade",
  "exec.approval.request",
  "exec.approval.waitDecision",
  "node.invoke",
  "web.login.wait",
]);
const SHORT_MS = 150;

let gateway: Attacked;
let directory: TempDirectory;
beforeAll(async () => {
  directory = await createTempDirectory();
  const stateDir = join(directory.path, "state");
  await mkdir(stateDir);
  const config = {
    gateway: { mode: "local" },
    channels: { memory: {} },
    logging: { file: join(directory.path, "gateway.log") },
  };
  await writeFile(join(stateDir, "openclaw.json"), JSON.stringify(config), { mode: 0o600 });
  const { plugin } = createMemoryChannel();
  gateway = await startUnderAttack({
    config: await loadConfigRuntime({
      // From the environment, so that no call can change it.
      environment: { OPENCLAW_STATE_DIR: stateDir, OPENCLAW_GATEWAY_TOKEN: "the-token-of-the-gateway" },
      homeDirectory: directory.path,
      workingDirectory: directory.path,
      channelSchemas: { [plugin.id]: plugin.configSchema },
    }),
  });
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await directory[Symbol.asyncDispose]();
});

const runs = Math.max(4, Math.floor(propertyBounds.numRuns / 15));

describe("parameters that no client should send", () => {
  it(
    "are answered by every served method, in both dialects",
    async () => {
      const hello = await (await gateway.connect()).answer("hello");
      const features = hello.payload?.["features"] as { readonly methods: readonly string[] } | undefined;
      const served = Object.values(METHOD_CONTRACTS).filter(({ name, roles }) => {
        return features?.methods.includes(name) === true && roles.includes("operator");
      });
      expect(served.length).toBeGreaterThan(80);
      const clients = new Map<3 | 4, RawClient>();
      const clientOf = async (protocol: 3 | 4): Promise<RawClient> => {
        const known = clients.get(protocol);
        if (known && !known.closed) return known;
        const client = await gateway.connect({ protocol });
        clients.set(protocol, client);
        return client;
      };
      let number = 0;
      for (const { name, example } of served) {
        await fc.assert(
          fc.asyncProperty(changes, fc.constantFrom(3 as const, 4 as const), async (change, protocol) => {
            const client = await clientOf(protocol);
            client.frames.length = 0;
            const params = change(example.params);
            const deadlineMs = WAITING.has(name) ? SHORT_MS : undefined;
            const outcome = await ask(client, { id: `p${(number += 1)}`, method: name, params, deadlineMs });
            const about = `${name} ${JSON.stringify(params)?.slice(0, 500)}`;
            expect(WAITING.has(name) ? "answered" : outcome.kind, about).toBe("answered");
            if (outcome.kind === "answered" && outcome.frame.ok !== true)
              expect(outcome.frame.error, about).toMatchObject({ code: expect.any(String) as string });
            expectWellFormed(client.frames, gateway.secret);
            const internal = gateway.log.lines.filter(({ message }) => message === "a request failed");
            expect(internal, about).toEqual([]);
          }),
          { ...propertyBounds, numRuns: runs },
        );
      }
      for (const client of clients.values()) client.socket.terminate();
    },
    PROPERTY_TIMEOUT_MS,
  );

  it(
    "leave nothing behind, and nobody else noticed",
    async () => {
      await gateway.expectUnharmed();
    },
    PROPERTY_TIMEOUT_MS,
  );
});
