import { defineCommand } from "../command.ts";
import { requiredText, text, withDefault } from "../command-line/options.ts";
import { parseParams } from "../command-line/params.ts";
import { askNode, nodeOptions } from "../nodes/invoke.ts";
import { line } from "../output.ts";

export const command = defineCommand({
  name: "nodes invoke",
  summary: "Have a node carry out any command that it offers",
  arguments: {},
  options: {
    command: requiredText("--command <command>", "The command, for example canvas.eval"),
    params: withDefault(text("--params <json>", "Its parameters, a JSON object"), "{}"),
    idempotencyKey: text("--idempotency-key <key>", "The same key never has it carried out twice"),
    ...nodeOptions({ invoke: 15_000, rpc: 30_000 }),
  },
  examples: [
    {
      line: `nodes invoke --node kitchen --command canvas.navigate --params '{"url":"https://example.com"}'`,
      does: "Shows a page.",
    },
  ],
  async run(context, { options }) {
    const { command: name, idempotencyKey } = options;
    const params = await parseParams(options.params);
    const { answer, payload } = await askNode(context, options, { command: name, params, idempotencyKey });
    return { data: answer, view: [line(payload === undefined ? "done" : JSON.stringify(payload, undefined, 2))] };
  },
});
