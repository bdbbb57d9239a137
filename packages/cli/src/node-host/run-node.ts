import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import type { ClientError, ClientOptions, ConnectionState, Device, GatewayClient } from "@openclaw/client";

import type { CommandContext } from "../command.ts";
import { connectFailure } from "../gateway/failures.ts";
import { resolveTarget, type Target } from "../gateway/target.ts";
import { line, type Output, toned } from "../output.ts";
import { isRecord } from "../records.ts";
import { type Machine, systemClock } from "./machine.ts";
import { NODE_CAPS, NODE_COMMANDS, NodeHost } from "./node-host.ts";
import { type NodeGateway, NodeState } from "./node-state.ts";
import { OutputQueue } from "./output-queue.ts";

export interface NodeRunOptions {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly tls: boolean;
  readonly tlsFingerprint?: string | undefined;
  readonly nodeId?: string | undefined;
  readonly displayName?: string | undefined;
  readonly token?: string | undefined;
  readonly password?: string | undefined;
}

/** Who connects, and to what. */
interface Node {
  readonly target: Target;
  readonly state: NodeState;
  readonly device: Device;
}

/** How long to wait before asking again whether the gateway is there, and lets the node in. */
const RETRY_MS = 3_000;
const GREETING_MS = 10_000;

/**
 * Runs a node in the foreground until it is told to stop: connects, and connects again whenever the connection is lost
 * or the gateway is not there. Ends with a CliError when the gateway refuses the credential. Source: facts 7.5.
 */
export async function* runNode(context: CommandContext, options: NodeRunOptions): AsyncGenerator<Output> {
  const { host } = context;
  const location = await host.locate(context.selection);
  const state = await NodeState.open(location.stateDir, options);
  const gateway = gatewayOf(options, state.gateway, location.port);
  await state.keepGateway(gateway);
  const { token, password } = options;
  const target = resolveTarget(location, { url: urlOf(gateway), token, password });
  const { ApprovalsStore } = await import("@openclaw/exec-host");
  const machine: Machine = {
    approvals: new ApprovalsStore(join(location.stateDir, "exec-approvals.json")),
    environment: host.environment,
    homeDirectory: host.environment["HOME"] ?? homedir(),
    clock: systemClock,
  };
  const { openDevice } = await import("@openclaw/client");
  const node: Node = { target, state, device: await openDevice(state.device) };
  yield said(`node ${node.device.id}`);
  let told: string | undefined;
  while (!host.signal.aborted) {
    const client = await connect(context, node);
    if (typeof client === "string") {
      if (client !== told && !host.signal.aborted) yield said(client);
      told = client;
      await sleep(RETRY_MS, undefined, { signal: host.signal }).catch(() => {});
      continue;
    }
    told = undefined;
    yield* serve(client, machine, context);
  }
  yield said("stopped");
}

/** A text says what is waited for. Throws CliError for what waiting does not help against. */
async function connect({ host, self }: CommandContext, node: Node): Promise<GatewayClient | string> {
  const { GatewayClient, ClientError } = await import("@openclaw/client");
  const { target } = node;
  try {
    return await GatewayClient.connect(clientOptions(host, node), host.signal);
  } catch (error) {
    if (host.signal.aborted) return "";
    if (!(error instanceof ClientError)) throw error;
    const requestId = pairingRequest(error);
    if (requestId !== undefined)
      return `waiting to be let in; where the gateway runs: openclaw devices approve ${requestId}`;
    if (error.shouldRetry()) return `waiting for the gateway at ${target.url}: ${error.message}`;
    throw connectFailure(error, { target, self }, false);
  }
}

function clientOptions(host: CommandContext["host"], { target, state, device }: Node): ClientOptions {
  const { displayName, instanceId, gateway } = state;
  const pathEnv = host.environment["PATH"];
  return {
    url: target.url,
    ...(gateway?.tlsFingerprint === undefined ? {} : { tlsFingerprint: gateway.tlsFingerprint }),
    ...(target.credential === undefined ? {} : { [target.credential.kind]: target.credential.value }),
    device,
    role: "node",
    scopes: [],
    client: {
      id: "node-host",
      mode: "node",
      version: host.version,
      platform: host.platform === "darwin" ? "macos" : host.platform,
      instanceId,
      ...(displayName === undefined ? {} : { displayName }),
    },
    caps: NODE_CAPS,
    offer: { commands: NODE_COMMANDS, ...(pathEnv === undefined ? {} : { pathEnv }) },
    refreshOnGap: false,
  };
}

/** Serves one client until it is closed for good: it connects again by itself as long as that may help. */
async function* serve(client: GatewayClient, machine: Machine, { host, self }: CommandContext): AsyncGenerator<Output> {
  const onStop = (): void => void client.close();
  if (host.signal.aborted) onStop();
  host.signal.addEventListener("abort", onStop, { once: true });
  const outputs = new OutputQueue();
  await using node = new NodeHost(client, machine);
  using _resolved = client.on("node.pair.resolved", ({ decision }) => {
    outputs.push(said(`what this node offers was ${decision}`));
  });
  const watching = watch(client, node, { outputs, self }).finally(() => outputs.end());
  try {
    yield* outputs.read();
  } finally {
    host.signal.removeEventListener("abort", onStop);
    await client.close();
    await watching;
  }
}

async function watch(
  client: GatewayClient,
  node: NodeHost,
  { outputs, self }: { readonly outputs: OutputQueue; readonly self: string },
): Promise<void> {
  for await (const state of client.states()) {
    if (state.state !== "open") node.disconnected();
    if (state.state === "waiting")
      outputs.push({ view: [line([toned("warn", "disconnected"), `: ${state.error.message}`])] });
    if (state.state === "open") {
      outputs.push(connected(state));
      if (!(await greet(client)))
        outputs.push(said(`its offer waits for approval; where the gateway runs: ${self} nodes pending`));
    }
  }
}

function connected({ hello }: Extract<ConnectionState, { state: "open" }>): Output {
  const { version, host } = hello.server;
  const where = host === undefined ? "" : ` ${host},`;
  return { view: [line([toned("good", "connected"), ` to${where} version ${version}`])] };
}

/** Says hello as a node. False when the gateway has not approved what this node offers. */
async function greet(client: GatewayClient): Promise<boolean> {
  try {
    await client.request("node.event", { event: "node.host.stats", payloadJSON: "{}" }, { timeoutMs: GREETING_MS });
    return true;
  } catch (error) {
    const details: unknown = error instanceof Error && "details" in error ? error.details : undefined;
    return !(isRecord(details) && details["code"] === "PAIRING_CHANGED");
  }
}

/** The request that an operator has to approve before this device is let in. */
function pairingRequest({ code, details, message }: ClientError): string | undefined {
  const facts = isRecord(details) ? details : {};
  if (code !== "NOT_PAIRED" && facts["code"] !== "PAIRING_REQUIRED" && !message.startsWith("pairing required")) {
    return undefined;
  }
  return typeof facts["requestId"] === "string" ? facts["requestId"] : "<request>";
}

/** Flags first, then where it was the last time, then the gateway of the profile. */
function gatewayOf(options: NodeRunOptions, known: NodeGateway | undefined, profilePort: number): NodeGateway {
  const last = options.host === undefined || options.host === known?.host ? known : undefined;
  const fingerprint = options.tlsFingerprint ?? last?.tlsFingerprint;
  return {
    host: options.host ?? last?.host ?? "127.0.0.1",
    port: options.port ?? last?.port ?? profilePort,
    tls: options.tls || fingerprint !== undefined || (last?.tls ?? false),
    ...(fingerprint === undefined ? {} : { tlsFingerprint: fingerprint }),
  };
}

function urlOf({ host, port, tls }: NodeGateway): string {
  return `${tls ? "wss" : "ws"}://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function said(text: string): Output {
  return { view: [line(text)] };
}
