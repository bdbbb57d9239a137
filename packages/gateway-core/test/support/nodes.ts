import { FakeNode, type FakeNodeOptions } from "@openclaw/testkit/fake-node";
import { createTempDirectory } from "@openclaw/testkit/temp-directory";

import type { GatewayOptions } from "../../src/index.ts";
import type { RawClient } from "./raw-client.ts";
import { startGateway } from "./running-gateway.ts";

/** A running gateway to connect nodes to. */
export async function startNodeGateway(options: GatewayOptions = {}) {
  const directory = await createTempDirectory();
  const gateway = await startGateway(directory.path, options);
  const connectNode = (node: Omit<FakeNodeOptions, "url" | "token"> = {}): Promise<FakeNode> =>
    FakeNode.connect({ url: gateway.url, token: gateway.secret, ...node });
  return Object.assign(gateway, {
    connectNode,
    /** A node of which all that is allowed may be used. */
    async connectApproved(node: Omit<FakeNodeOptions, "url" | "token"> = {}): Promise<FakeNode> {
      const connected = await connectNode(node);
      const { pendingRequestId: requestId } = await gateway.call("node.describe", { nodeId: connected.id });
      if (requestId !== undefined) await gateway.call("node.pair.approve", { requestId });
      return connected;
    },
    async [Symbol.asyncDispose](): Promise<void> {
      await gateway.stop({ drainMs: 0 });
      await directory[Symbol.asyncDispose]();
    },
  });
}

/** Sends node.invoke with a key of its own. */
export function invoke(operator: RawClient, request: Readonly<Record<string, unknown>>) {
  return operator.request("node.invoke", { idempotencyKey: crypto.randomUUID(), ...request });
}
