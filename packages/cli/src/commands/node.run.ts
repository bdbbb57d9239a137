import { defineCommand } from "../command.ts";
import { flag, integer, text, textLike } from "../command-line/options.ts";

const NOT_EMPTY = { pattern: /\S/u, expected: "a text that is not empty" };

export const command = defineCommand({
  name: "node run",
  summary: "Let a gateway use this machine as a node, until it is stopped",
  description:
    "Offers system.run and system.which behind this machine's own exec-approvals.json. What that does not allow, the gateway's operators are asked about.",
  arguments: {},
  options: {
    host: textLike(
      "--host <host>",
      { pattern: /^[\w.:[\]-]+$/u, expected: "a name or an address, without a port" },
      "Where the gateway is (default: where it was the last time, then 127.0.0.1)",
    ),
    port: integer("--port <number>", { minimum: 1, maximum: 65_535 }, "Its port (default: that of the profile)"),
    tls: flag("--tls", "Connect with TLS"),
    tlsFingerprint: textLike(
      "--tls-fingerprint <sha256>",
      {
        pattern: /^(?:sha-?256[:=/]?)?(?:[\da-f]{2}[: ]?){32}$/iu,
        expected: "64 hexadecimal digits, with or without colons",
      },
      "Take this certificate of the gateway and no other; means --tls",
    ),
    nodeId: textLike(
      "--node-id <id>",
      NOT_EMPTY,
      "The id of this installation; a new one forgets the token the gateway gave",
    ),
    displayName: textLike("--display-name <name>", NOT_EMPTY, "What people call this node"),
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
