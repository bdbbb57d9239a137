import { defineCommand } from "../command.ts";
import { argument } from "../command-line/options.ts";
import { RPC_OPTIONS } from "../command-line/rpc-options.ts";
import { connect } from "../gateway/connection.ts";
import { line } from "../output.ts";

export const command = defineCommand({
  name: "devices rename",
  summary: "Give a paired device a name of your own",
  arguments: {
    deviceId: argument("<deviceId>", "The device, as devices list shows it"),
    label: argument("<label>", "Its name from now on"),
  },
  options: RPC_OPTIONS,
  examples: [{ line: `devices rename fe812c12f3ab… "Ada's phone"`, does: "Names this device; give the whole id." }],
  async run(context, { options, arguments: { deviceId, label } }) {
    await using connection = await connect(context, options, ["operator.pairing"]);
    const answer = await connection.call("device.pair.rename", { deviceId, label });
    return { data: answer, view: [line(`device ${answer.deviceId} is now called ${answer.label}`)] };
  },
});
