import { defineCommand } from "../command.ts";
import { flag, integer, text } from "../command-line/options.ts";

export const command = defineCommand({
  name: "node run",
  summary: "Let a gateway use this machine as a node, until it is stopped",
  description:
    "Offers system.run and system.which behind this machine's own exec-approvals.json. What that does not allow, the gateway's operators are asked about.",
  arguments: {},
  options: {
    host: text("--host <host>", "Where the gateway is (default: where it was the last time, then 127.0.0.1)"),
    port: integer("--port <number>", { minimum: 1, maximum: 65_535 }, "Its port (default: that of the profile)"),
    tls: flag("--tls", "Connect with TLS"),
    tlsFingerprint: text(
      "--tls-fingerprint <sha256>",
      "Take this certificate of the gateway and no other; means --tls",
    ),
    nodeId: text("--node-id <id>", "The id of this installation; a new one forgets the token the gateway gave"),
    displayName: text("--display-name <name>", "What people call this node"),
    token: text("--token <token>", "Token of the gateway (default: OPENCLAW_GATEWAY_TOKEN, then the configuration)"),
    password: text("--password <password>", "Password of the gateway, where it uses one"),
  },
  examples: [
    { line: "node run", does: "Joins the gateway on this machine." },
    { line: "node run --host gateway.lan --port 18789 --display-name build-box", does: "Joins one elsewhere." },
  ],
  async *run(context, { options }) {
    const { runNode } = await import("../node-host/run-node.ts");
    yield* runNode(context, options);
  },
});
