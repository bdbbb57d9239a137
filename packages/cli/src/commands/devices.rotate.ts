import { defineCommand } from "../command.ts";
import { requiredChoice, requiredText, texts } from "../command-line/options.ts";
import { RPC_OPTIONS } from "../command-line/rpc-options.ts";
import { connect } from "../gateway/connection.ts";
import { line } from "../output.ts";
import { wants } from "../views/devices.ts";

export const command = defineCommand({
  name: "devices rotate",
  summary: "Give a device a new token, print it, and disconnect the device",
  description:
    "The token is a secret and is shown this once. It works only together with the device's own key. A device that " +
    "connects with the gateway's token gets its new one by itself.",
  arguments: {},
  options: {
    device: requiredText("--device <deviceId>", "The device, as devices list shows it"),
    role: requiredChoice("--role <role>", ["operator", "node"], "As what"),
    scope: texts("--scope <scope...>", "What the new token may do: what was approved, or less (default: as before)"),
    ...RPC_OPTIONS,
  },
  examples: [
    { line: "devices rotate --device fe812c12f3ab… --role operator", does: "A new token with the same scopes." },
    {
      line: "devices rotate --device fe812c12f3ab… --role operator --scope operator.read",
      does: "A new token that may only read.",
    },
  ],
  async run(context, { options: { device, role, scope, ...options } }) {
    await using connection = await connect(context, options, ["operator.admin"]);
    const answer = await connection.call("device.token.rotate", {
      deviceId: device,
      role,
      showToken: true,
      ...(scope.length === 0 ? {} : { scopes: [...scope] }),
    });
    const may = wants(answer.role, answer.scopes);
    return {
      data: answer,
      view: [line(`new token of device ${answer.deviceId}, ${may}:`), line(answer.token ?? "(not shown)")],
    };
  },
});
