import { defineCommand } from "../command.ts";
import { argument } from "../command-line/options.ts";
import { RPC_OPTIONS } from "../command-line/rpc-options.ts";
import { connect } from "../gateway/connection.ts";
import { line } from "../output.ts";

export const command = defineCommand({
  name: "devices reject",
  summary: "Refuse a device that waits; it may ask again",
  arguments: { requestId: argument("<requestId>", "The request, as devices list shows it") },
  options: RPC_OPTIONS,
  examples: [{ line: "devices reject ea647fba-039b-4f16-8221-1c403c3b353a", does: "Refuses this request." }],
  async run(context, { options, arguments: { requestId } }) {
    await using connection = await connect(context, options, ["operator.pairing"]);
    const answer = await connection.call("device.pair.reject", { requestId });
    return { data: answer, view: [line(`rejected device ${answer.deviceId}`)] };
  },
});
