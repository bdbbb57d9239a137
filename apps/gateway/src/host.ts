import type { Host, OutputStream } from "@openclaw/cli";
import { readEnvironment } from "@openclaw/gateway-core/config";

import { locate } from "./profile/locate.ts";
import { holdYoungGeneration } from "./run/young-generation.ts";
import { version } from "./version.ts";

/** This process and this machine, as the commands see them. What a command may not need is loaded when it does. */
export function createHost(signal: AbortSignal): Host {
  const environment = readEnvironment();
  return {
    version,
    environment,
    invocation: invocation(environment),
    platform: process.platform,
    stdout: outputStream(process.stdout),
    stderr: outputStream(process.stderr),
    signal,
    locate: (selection) => locate(selection, environment),
    setUp: async (selection, options) => {
      const { setUp } = await import("./profile/set-up.ts");
      return setUp(selection, options, environment);
    },
    openConfig: async (selection) => {
      const { openConfig } = await import("./profile/config-file.ts");
      return openConfig(selection, environment);
    },
    runGateway: async (options, stop) => {
      const onLoaded = holdYoungGeneration();
      const onListening: typeof options.onListening = (address) => {
        onLoaded();
        options.onListening?.(address);
      };
      const { runGateway } = await import("./run/run-gateway.ts");
      return runGateway({ ...options, onListening }, environment, stop);
    },
  };
}

function outputStream(stream: NodeJS.WriteStream): OutputStream {
  return {
    write: (text) => {
      stream.write(text);
    },
    isTerminal: stream.isTTY ?? false,
    columns: stream.columns ?? 80,
  };
}

/** The words that start this program again, so that the commands it suggests can be pasted. */
function invocation(environment: Readonly<Record<string, string | undefined>>): string {
  const installed = import.meta.url.includes("/node_modules/");
  if (!installed) return "npm run openclaw --";
  return environment["npm_command"] === "exec" ? "npx openclaw" : "openclaw";
}
