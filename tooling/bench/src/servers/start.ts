import type { Target } from "../load/clients.ts";
import type { ModelTarget } from "./turn-load.ts";
import { ServerProcess } from "./server-process.ts";

/** A server that speaks the beginning of the protocol: the gateway, or the yardstick. */
export type BenchServer = ServerProcess<Target>;

/** The gateway's core, its default agent on the given model or on the built-in one. */
export function startGateway(model?: ModelTarget): Promise<BenchServer> {
  return ServerProcess.start<Target>("gateway.ts", model === undefined ? {} : { model });
}

export function startBare(): Promise<BenchServer> {
  return ServerProcess.start<Target>("bare.ts");
}
