import { access, rename } from "node:fs/promises";
import { connect } from "node:net";

import { CliError } from "@openclaw/cli";
import type { LightConfig } from "@openclaw/gateway-core/config";

const PROBE_TIMEOUT_MS = 1000;

/**
 * Moves state, configuration and workspace of a profile out of the way; answers where the state went. Nothing is
 * deleted. Refused for the default profile, and while a gateway of the profile may be running.
 */
export async function moveAside(config: LightConfig): Promise<string | undefined> {
  const { paths, port, workspace } = config;
  if (paths.profile === undefined) {
    throw new CliError(
      "usage",
      "The default profile is never reset.",
      "Name another one: openclaw --dev gateway --dev --reset",
    );
  }
  if (await answers(port)) {
    throw new CliError(
      "failure",
      `Something listens on port ${port}: the gateway of the profile ${paths.profile} may be running.`,
      "Stop it first, then reset.",
    );
  }
  const suffix = `.before-reset-${new Date().toISOString().replaceAll(/[:.]/gu, "-")}`;
  let moved: string | undefined;
  for (const path of [workspace, paths.configFile, paths.stateDir]) {
    if (!(await exists(path))) continue;
    await rename(path, path + suffix);
    moved = path + suffix;
  }
  return moved;
}

/** True when someone accepts connections on the port of this machine. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port, timeout: PROBE_TIMEOUT_MS });
    const settle = (answer: boolean) => (): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", settle(true));
    socket.once("error", settle(false));
    socket.once("timeout", settle(true));
  });
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
