import { flushCompileCache } from "node:module";
import { homedir } from "node:os";

import { CliError, type ProfileSelection, type RunGatewayOptions, type RunOutcome } from "@openclaw/cli";
import {
  type ConfigRuntime,
  FatalError,
  type Gateway,
  loadConfigRuntime,
  type Logging,
  openLog,
} from "@openclaw/gateway-core";
import { type Environment, resolvePorts } from "@openclaw/gateway-core/config";

import { channelPlugins } from "../channels.ts";
import { compose } from "../compose.ts";
import { readProfile } from "../profile/locate.ts";
import { setUp } from "../profile/set-up.ts";
import { keepRunning } from "./defects.ts";
import { freePort } from "./port-holders.ts";
import { TrafficLog } from "./traffic-log.ts";

const PROCESS_TITLE = "openclaw-gateway";

/**
 * Runs a gateway until the signal aborts, and says how it ended. What can not be helped by starting again is said to
 * be so, for a supervisor to leave it alone (contract rows R1.1 to R1.9).
 */
export async function runGateway(
  options: RunGatewayOptions,
  environment: Environment,
  signal: AbortSignal,
): Promise<RunOutcome> {
  // Also hides --token and --password from other users' process lists.
  process.title = PROCESS_TITLE;
  let isConfigured = false;
  try {
    if (options.allowUnconfigured) await setUpIfMissing(options.selection, environment);
    const channels = channelPlugins();
    const config = await loadConfig(options, environment, channels);
    if (!options.allowUnconfigured) requireLocalMode(config);
    await using logging = openLog(config, { stdout: process.stdout, verbose: options.verbose });
    logging.addSecrets([options.token, options.password].filter((secret) => secret !== undefined));
    using _defects = keepRunning(logging.logger);
    if (options.force) await freeOwnPort(config, options, { logging, signal });
    const gateway = await compose({
      config,
      log: options.wsLog === "auto" ? logging.logger : new TrafficLog(logging.logger, options.wsLog),
      logFile: logging.file,
      channels,
      listen: listenOptions(options),
    });
    isConfigured = true;
    await runUntil(gateway, { config, logging, options, signal });
    return { kind: "stopped" };
  } catch (error) {
    // A port that is taken and a disk that is full may not be so the next time; a wrong configuration will be.
    if (error instanceof FatalError) return failed(error.message, error.remedy, isConfigured);
    if (error instanceof CliError) return failed(error.message, error.remedy ?? "See: openclaw gateway --help", true);
    throw error;
  }
}

/** Without a configuration there would be no token, and no command could talk to the gateway. */
async function setUpIfMissing(selection: ProfileSelection, environment: Environment): Promise<void> {
  if (!(await readProfile(selection, environment)).exists) await setUp(selection, {}, environment);
}

function failed(message: string, remedy: string, restartHelps: boolean): RunOutcome {
  return { kind: "failed", message, remedy, restartHelps };
}

interface Run {
  readonly config: ConfigRuntime;
  readonly logging: Logging;
  readonly options: RunGatewayOptions;
  readonly signal: AbortSignal;
}

async function runUntil(gateway: Gateway, { config, logging, options, signal }: Run): Promise<void> {
  const log = logging.logger.child("gateway");
  for (const warning of config.warnings) log.warn(warning);
  for (const issue of config.issues)
    log.error("the configuration is not in use", { path: issue.path, issue: issue.message });
  await using running = gateway;
  if (signal.aborted) return;
  await running.start();
  log.info(`running as PID ${process.pid}`, { config: config.source.path, log: logging.file.path });
  options.onListening?.({ url: running.url, pageUrl: running.url.replace(/^ws/u, "http") + "/" });
  // A daemon is ended by signals, so what was compiled is kept now, for the next start.
  flushCompileCache();
  await aborted(signal);
  log.info("stopping", { reason: describe(signal.reason) });
}

function loadConfig(
  { selection, port, skipChannels }: RunGatewayOptions,
  environment: Environment,
  channels: ReturnType<typeof channelPlugins>,
): Promise<ConfigRuntime> {
  return loadConfigRuntime({
    environment: skipChannels ? { ...environment, OPENCLAW_SKIP_CHANNELS: "1" } : environment,
    homeDirectory: homedir(),
    selection: { ...selection, port },
    channelSchemas: Object.fromEntries(channels.map((channel) => [channel.id, channel.configSchema])),
  });
}

/** A gateway is only started where someone said that it belongs there (R1.9). */
function requireLocalMode({ current, source }: ConfigRuntime): void {
  const { mode } = current.gateway;
  if (mode === "local") return;
  const found = mode === undefined ? "it is not set" : `it is ${mode}`;
  throw new FatalError(
    `Gateway start blocked: set gateway.mode=local in ${source.path} (${source.exists ? found : "there is no such file"}).`,
    "Run: openclaw setup. Or start once without it: openclaw gateway --allow-unconfigured",
  );
}

async function freeOwnPort(
  config: ConfigRuntime,
  options: RunGatewayOptions,
  { logging, signal }: Pick<Run, "logging" | "signal">,
): Promise<void> {
  const { gateway: port } = resolvePorts({
    environment: config.environment,
    profile: config.paths.profile,
    flag: options.port,
    configured: config.current.gateway.port,
  });
  await freePort({
    port,
    spare: [process.pid, process.ppid],
    onEnded: ({ pid, command }) =>
      logging.logger.child("gateway").warn(`ended pid ${pid} (${command}), which listened on port ${port}`),
    signal,
  });
}

function listenOptions({ port, bind, authMode, token, password }: RunGatewayOptions) {
  return {
    ...(port === undefined ? {} : { port }),
    ...(bind === undefined ? {} : { bind }),
    ...(authMode === undefined ? {} : { authMode }),
    ...(token === undefined ? {} : { token }),
    ...(password === undefined ? {} : { password }),
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

function describe(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}
