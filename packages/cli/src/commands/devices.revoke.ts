import { defineCommand } from "../command.ts";
import { requiredChoice, requiredText } from "../command-line/options.ts";
import { RPC_OPTIONS } from "../command-line/rpc-options.ts";
import { connect } from "../gateway/connection.ts";
import { line } from "../output.ts";

export const command = defineCommand({
  name: "devices revoke",
  summary: "End a device's token and its approval for a role, and disconnect it",
  arguments: {},
  options: {
    device: requiredText("--device <deviceId>", "The device, as devices list shows it"),
    role: requiredChoice("--role <role>", ["operator", "node"], "As what"),
    ...RPC_OPTIONS,
  },
  examples: [{ line: "devices revoke --device fe812c12f3ab… --role node", does: "It is a node no more." }],
  async run(context, { options: { device, role, ...options } }) {
    await using connection = await connect(context, options, ["operator.pairing"]);
    const answer = await connection.call("device.token.revoke", { deviceId: device, role });
    return { data: answer, view: [line(`revoked the ${answer.role} token of device ${answer.deviceId}`)] };
  },
});
