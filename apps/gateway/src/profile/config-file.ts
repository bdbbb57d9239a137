import { homedir } from "node:os";

import { CliError, type ConfigFile, type ProfileSelection } from "@openclaw/cli";
import { ConfigError, openLocalConfig } from "@openclaw/gateway-core";
import { describeIssue, type Environment } from "@openclaw/gateway-core/config";

import { channelPlugins } from "../channels.ts";
import { version } from "../version.ts";

/** A profile's configuration file, checked like the gateway checks it when it starts. */
export async function openConfig(selection: ProfileSelection, environment: Environment): Promise<ConfigFile> {
  const channelSchemas = Object.fromEntries(channelPlugins().map(({ id, configSchema }) => [id, configSchema]));
  const options = { environment, homeDirectory: homedir(), selection, channelSchemas, version };
  const config = await inWords(() => openLocalConfig(options));
  return {
    path: config.path,
    exists: config.exists,
    problems: config.issues.map((issue) => describeIssue(issue, config.path)),
    get: (path) => {
      try {
        return config.get(path);
      } catch (error) {
        throw toUsage(error);
      }
    },
    set: (path, value) => inWords(() => config.set(path, value)),
    unset: (path) => inWords(() => config.unset(path)),
  };
}

async function inWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toUsage(error);
  }
}

function toUsage(error: unknown): unknown {
  if (!(error instanceof ConfigError)) return error;
  return new CliError("failure", error.message, error.remedy, { cause: error });
}
