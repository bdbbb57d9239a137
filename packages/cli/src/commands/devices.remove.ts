import { defineCommand } from "../command.ts";
import { argument } from "../command-line/options.ts";
import { RPC_OPTIONS } from "../command-line/rpc-options.ts";
import { connect } from "../gateway/connection.ts";
import { line } from "../output.ts";

export const command = defineCommand({
  name: "devices remove",
  summary: "Forget a device: it is disconnected and has to be approved anew",
  description:
    "Its tokens end at once. A device that also knows the gateway's own token can ask again with that: change the " +
    "token too when the device was lost.",
  arguments: { deviceId: argument("<deviceId>", "The device, as devices list shows it") },
  options: RPC_OPTIONS,
  examples: [{ line: "devices remove fe812c12f3ab…", does: "Forgets this device; give the whole id." }],
  async run(context, { options, arguments: { deviceId } }) {
    await using connection = await connect(context, options, ["operator.pairing"]);
    const answer = await connection.call("device.pair.remove", { deviceId });
    return { data: answer, view: [line(`removed device ${answer.deviceId}`)] };
  },
});
