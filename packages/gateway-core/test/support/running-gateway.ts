import { createMemoryChannel } from "@openclaw/channels-contract/memory";

import { createGateway, type GatewayOptions } from "../../src/index.ts";
import { RawClient } from "./raw-client.ts";
import { ScriptedAgent } from "./scripted-agent.ts";
import { recordingLog } from "./silent-log.ts";

const CLIENT = { id: "cli", mode: "cli", version: "1.0.0", platform: "linux" };

export interface ClientChoice {
  readonly protocol?: 3 | 4;
  readonly scopes?: readonly string[];
}

/** A gateway around a memory channel and a scripted agent, on a port of its own. */
export async function startGateway(stateDir: string, options: GatewayOptions = {}) {
  const memory = createMemoryChannel();
  const agent = new ScriptedAgent();
  const log = recordingLog();
  const gateway = await createGateway({
    stateDir,
    config: { gateway: { mode: "local" }, channels: { memory: {} } },
    listen: { port: 0 },
    agent,
    channels: [memory.plugin],
    version: "1.2.3",
    log,
    ...options,
  });
  await gateway.start();
  const connect = async ({ protocol = 4, scopes = ["operator.admin"] }: ClientChoice = {}) => {
    const client = await RawClient.open(gateway.url);
    const auth = { token: gateway.secret };
    const params = { minProtocol: protocol, maxProtocol: protocol, client: CLIENT, role: "operator", scopes, auth };
    const hello = await client.request("connect", params, "hello");
    if (hello.ok !== true) throw new Error(`The handshake failed: ${JSON.stringify(hello)}`);
    return client;
  };
  // A test that leaves a turn hanging does not want to wait for it.
  const dispose = () => gateway.stop({ drainMs: 0 });
  return Object.assign(gateway, { agent, connect, log, platform: memory.platform, [Symbol.asyncDispose]: dispose });
}
