import { randomBytes } from "node:crypto";

import type { GatewayPaths } from "../paths.ts";
import { createFileAtomically } from "./atomic-file.ts";

const TOKEN_BYTES = 32;

export interface NewConfig {
  /** `gateway.mode`. */
  readonly mode?: "local" | "remote" | undefined;
  /** `agents.defaults.workspace`; the profile's own when absent. */
  readonly workspace?: string | undefined;
  /** `gateway.port`; left out when absent, so that the profile's default counts. */
  readonly port?: number | undefined;
  readonly remoteUrl?: string | undefined;
  readonly remoteToken?: string | undefined;
}

export interface WrittenConfig {
  readonly path: string;
  /** False when a configuration existed already; then nothing was changed. */
  readonly created: boolean;
}

/**
 * Writes a first configuration: local, on loopback, with a token of 32 random bytes (R3.7). Never overwrites one.
 * Rejects with the system's error when the directory or the file can not be made.
 */
export async function writeNewConfig(paths: GatewayPaths, wishes: NewConfig = {}): Promise<WrittenConfig> {
  const { mode = "local", workspace = paths.workspace, port, remoteUrl, remoteToken } = wishes;
  const config = {
    gateway: {
      mode,
      ...(port === undefined ? {} : { port }),
      bind: "loopback",
      auth: { mode: "token", token: generateToken() },
      ...(remoteUrl === undefined
        ? {}
        : { remote: { url: remoteUrl, ...(remoteToken === undefined ? {} : { token: remoteToken }) } }),
    },
    agents: { defaults: { workspace } },
  };
  const created = await createFileAtomically(paths.configFile, `${JSON.stringify(config, null, 2)}\n`);
  return { path: paths.configFile, created };
}

/** 256 random bits, base64url. */
export function generateToken(): string {
  return randomBytes(TOKEN_BYTES).toString("base64url");
}
