import type { Target } from "../load/clients.ts";
import { ServerProcess } from "./server-process.ts";

/** A server that speaks the beginning of the protocol: the gateway, or the yardstick. */
export type BenchServer = ServerProcess<Target>;

export function startGateway(): Promise<BenchServer> {
  return ServerProcess.start<Target>("gateway.ts");
}

export function startBare(): Promise<BenchServer> {
  return ServerProcess.start<Target>("bare.ts");
}
