import { createAgentRuntime } from "@openclaw/agent-runtime";
import type { ChannelPlugin } from "@openclaw/channels-contract";
import {
  type ConfigRuntime,
  createGateway,
  type Gateway,
  type ListenOptions,
  type Logger,
  type Logging,
  systemClock,
} from "@openclaw/gateway-core";

import { agentRuntimeSettings } from "./agents.ts";
import { configuredTools, configuredToolSources } from "./tools.ts";
import { version } from "./version.ts";

export interface Composition {
  readonly config: ConfigRuntime;
  readonly log: Logger;
  readonly logFile: Logging["file"];
  readonly channels: readonly ChannelPlugin[];
  /** What the command line says about the address and the credential. */
  readonly listen: ListenOptions;
}

/** The one place where concrete classes meet: the gateway that the program `openclaw` runs. */
export function compose({ config, log, logFile, channels, listen }: Composition): Promise<Gateway> {
  return createGateway({
    config,
    listen,
    version,
    log,
    logFile,
    clock: systemClock,
    agent: createAgentRuntime({
      settings: () => agentRuntimeSettings(config),
      clock: systemClock,
      log: log.child("agent"),
    }),
    tools: configuredTools(config),
    toolSources: configuredToolSources(config, log.child("mcp")),
    channels,
  });
}
