import type { MethodName } from "@openclaw/protocol";

/** Methods of the contract that this gateway does not serve: a call is answered like one of an unknown method. */
export const UNSERVED = [
  "node.describe",
  "node.event",
  "node.invoke.result",
  "node.invoke",
  "node.list",
  "node.pair.approve",
  "node.pair.list",
  "node.pair.reject",
  "node.pair.request",
  "node.pair.verify",
  "node.rename",
] as const satisfies readonly MethodName[];
