import type { Target } from "../load/clients.ts";
import type { ModelTarget } from "./turn-load.ts";
import { ServerProcess } from "./server-process.ts";

/** A server that speaks the beginning of the protocol: the gateway, or the yardstick. */
export type BenchServer = ServerProcess<Target>;

export interface GatewaySettings {
  /** What the default agent runs on; the built-in model without it. */
  readonly model?: ModelTarget;
  /** The least severe lines of the log file; as by default without it. */
  readonly logLevel?: "debug" | "info";
  /** Room for so many clients, where that is more than the gateway's own limits allow. */
  readonly clients?: number;
}

/** The gateway's core with its default agent. */
export function startGateway(settings: GatewaySettings = {}): Promise<BenchServer> {
  return ServerProcess.start<Target>("gateway.ts", settings);
}

export function startBare(): Promise<BenchServer> {
  return ServerProcess.start<Target>("bare.ts");
}
