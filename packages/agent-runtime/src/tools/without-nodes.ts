import type { Tool } from "@openclaw/gateway-core/ports";

const NODE_ACTIONS = [
  "status",
  "describe",
  "pending",
  "approve",
  "reject",
  "notify",
  "run",
  "camera_snap",
  "camera_clip",
  "screen_record",
  "location_get",
];
const CANVAS_ACTIONS = ["present", "hide", "navigate", "eval", "snapshot", "a2ui_push", "a2ui_reset"];

/**
 * The tools that act through a device. Devices can not be connected to this gateway, so each call says that there is
 * none. A configuration has to name them in an allow list to have them offered.
 */
export const toolsWithoutNodes: readonly Tool[] = [
  withoutNode("nodes", "Acts on the devices that are connected as nodes.", NODE_ACTIONS),
  withoutNode("canvas", "Shows something on the canvas of a connected device.", CANVAS_ACTIONS),
];

function withoutNode(name: string, description: string, actions: readonly string[]): Tool {
  return {
    name,
    description,
    parameters: {
      type: "object",
      properties: { action: { type: "string", enum: actions } },
      required: ["action"],
      additionalProperties: true,
    },
    sideEffects: false,
    execute: async () => ({ text: "No node is connected to this gateway.", isError: true }),
  };
}
