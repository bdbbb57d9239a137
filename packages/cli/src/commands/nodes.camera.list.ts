import { defineCommand } from "../command.ts";
import { askNode, nodeOptions } from "../nodes/invoke.ts";
import { isRecord } from "../records.ts";

export const command = defineCommand({
  name: "nodes camera list",
  summary: "List the cameras of a node",
  arguments: {},
  options: nodeOptions({ invoke: 20_000, rpc: 60_000 }),
  examples: [{ line: "nodes camera list --node phone", does: "The ids for --device-id." }],
  async run(context, { options }) {
    const { payload, answer } = await askNode(context, options, { command: "camera.list" });
    const devices: unknown = isRecord(payload) ? payload["devices"] : undefined;
    const rows = (Array.isArray(devices) ? devices : []).filter(isRecord).map((device) => {
      const cell = (name: string): string => (typeof device[name] === "string" ? device[name] : "-");
      return [cell("id"), cell("name"), cell("position"), cell("deviceType")];
    });
    const columns = ["id", "name", "position", "type"];
    return { data: answer, view: [{ kind: "table", columns, rows, whenEmpty: "The node has no camera." }] };
  },
});
