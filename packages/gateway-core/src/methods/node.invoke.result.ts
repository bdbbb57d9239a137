import { defineHandler } from "./define.ts";

export const nodeInvokeResult = defineHandler("node.invoke.result", (params, { nodes, caller }) =>
  nodes.settle(caller.connectionId, params) ? { ok: true as const } : { ok: true as const, ignored: true },
);
