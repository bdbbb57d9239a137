import { createAgentRuntime } from "@openclaw/agent-runtime";
import { createMemoryChannel, type MemoryPlatform } from "@openclaw/channels-contract/memory";
import { createGateway, type Gateway, type Logger, systemClock } from "@openclaw/gateway-core";
import { createTempDirectory } from "@openclaw/testkit/temp-directory";

export interface Subject extends AsyncDisposable {
  readonly gateway: Gateway;
  readonly platform: MemoryPlatform;
}

/** The gateway that is put to the test: with the default agent's built-in model, and a channel in memory. */
export async function startSubject(): Promise<Subject> {
  const directory = await createTempDirectory("conformance");
  const memory = createMemoryChannel();
  const gateway = await createGateway({
    stateDir: directory.path,
    config: { gateway: { mode: "local" }, channels: { memory: {} } },
    listen: { port: 0 },
    agent: createAgentRuntime({ settings: () => ({}), clock: systemClock, log: silent() }),
    channels: [memory.plugin],
    version: "1.0.0",
    log: silent(),
  });
  await gateway.start();
  return {
    gateway,
    platform: memory.platform,
    async [Symbol.asyncDispose]() {
      await gateway.stop({ drainMs: 0 });
      await directory[Symbol.asyncDispose]();
    },
  };
}

function silent(): Logger {
  const nothing = () => undefined;
  return { debug: nothing, info: nothing, warn: nothing, error: nothing, child: silent };
}
