import { randomUUID } from "node:crypto";
import { chmod, readFile } from "node:fs/promises";
import { join } from "node:path";

import type { DeviceStorage } from "@openclaw/client";
import { deviceFile } from "@openclaw/client/node";

import { CliError } from "../errors.ts";
import { isRecord } from "../records.ts";

/** Where a node's gateway is. */
export interface NodeGateway {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** SHA-256 of the one certificate that it may show. */
  readonly tlsFingerprint?: string;
}

interface Content {
  readonly version: 1;
  /** The name of this installation, for presence. */
  readonly instanceId: string;
  readonly displayName?: string;
  readonly gateway?: NodeGateway;
  /** The device's key, with the tokens that gateways gave it. */
  readonly device?: string;
}

export interface NodeChoices {
  /** Another installation than before: tokens that were given to that one are forgotten. */
  readonly nodeId?: string | undefined;
  readonly displayName?: string | undefined;
}

/** `node.json`: who this node is, and where it belongs. Only its owner may read it. */
export class NodeState {
  readonly path: string;
  readonly #file: DeviceStorage;
  #content: Content;

  private constructor(path: string, content: Content) {
    this.path = path;
    this.#file = deviceFile(path);
    this.#content = content;
  }

  /** Throws CliError for a file that can not be read. */
  static async open(stateDirectory: string, { nodeId, displayName }: NodeChoices): Promise<NodeState> {
    const path = join(stateDirectory, "node.json");
    const stored = await readContent(path);
    const isAnother = nodeId !== undefined && nodeId !== stored?.instanceId;
    const device = isAnother ? withoutTokens(stored?.device) : stored?.device;
    const name = displayName ?? stored?.displayName;
    const { gateway } = stored ?? {};
    const state = new NodeState(path, {
      version: 1,
      instanceId: nodeId ?? stored?.instanceId ?? randomUUID(),
      ...(name === undefined ? {} : { displayName: name }),
      ...(gateway === undefined ? {} : { gateway }),
      ...(device === undefined ? {} : { device }),
    });
    await state.#save();
    return state;
  }

  get instanceId(): string {
    return this.#content.instanceId;
  }

  get displayName(): string | undefined {
    return this.#content.displayName;
  }

  get gateway(): NodeGateway | undefined {
    return this.#content.gateway;
  }

  /** Where the client keeps the device. */
  get device(): DeviceStorage {
    return {
      read: async () => this.#content.device,
      write: (device) => this.#change({ device }),
    };
  }

  keepGateway(gateway: NodeGateway): Promise<void> {
    return this.#change({ gateway });
  }

  async #change(change: Partial<Content>): Promise<void> {
    this.#content = { ...this.#content, ...change };
    await this.#save();
  }

  #save(): Promise<void> {
    return this.#file.write(`${JSON.stringify(this.#content, null, 2)}\n`);
  }
}

async function readContent(path: string): Promise<Content | undefined> {
  let text: string;
  try {
    // It holds a key; one that was copied with the rights of others on it is made private first.
    await chmod(path, 0o600);
    text = await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new CliError("failure", `${path} can not be read: ${reasonOf(error)}.`, "Make it readable, or remove it.");
  }
  const content = contentOf(text);
  if (content) return content;
  throw new CliError(
    "failure",
    `${path} is not the state of a node.`,
    "Remove it: the node then gets a new identity, and has to be approved again.",
  );
}

function contentOf(text: string): Content | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value)) return undefined;
  const { version, instanceId, displayName, device } = value;
  if (version !== 1 || typeof instanceId !== "string" || instanceId === "") return undefined;
  const gateway = gatewayOf(value["gateway"]);
  return {
    version,
    instanceId,
    ...(typeof displayName === "string" ? { displayName } : {}),
    ...(gateway === undefined ? {} : { gateway }),
    ...(typeof device === "string" ? { device } : {}),
  };
}

function gatewayOf(value: unknown): NodeGateway | undefined {
  if (!isRecord(value)) return undefined;
  const { host, port, tls, tlsFingerprint } = value;
  if (typeof host !== "string" || typeof port !== "number" || typeof tls !== "boolean") return undefined;
  return { host, port, tls, ...(typeof tlsFingerprint === "string" ? { tlsFingerprint } : {}) };
}

/** The same key without the tokens that gateways gave it. */
function withoutTokens(device: string | undefined): string | undefined {
  if (device === undefined) return undefined;
  const stored: unknown = JSON.parse(device);
  return isRecord(stored) ? JSON.stringify({ ...stored, tokens: {} }) : undefined;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
