import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { once } from "node:events";

import { WebSocket } from "ws";

import { eventually } from "./eventually.ts";

/** A frame as it came. */
export interface NodeFrame {
  readonly type: string;
  readonly id?: string;
  readonly ok?: boolean;
  readonly event?: string;
  readonly seq?: number;
  readonly payload?: Readonly<Record<string, unknown>>;
  readonly error?: {
    readonly code: string;
    readonly message: string;
    readonly retryable?: boolean;
    readonly retryAfterMs?: number;
    readonly details?: Readonly<Record<string, unknown>>;
  };
}

/** A command that the node was given. */
export interface NodeInvocation {
  readonly id: string;
  readonly nodeId: string;
  readonly command: string;
  readonly paramsJSON: string | null;
  readonly timeoutMs?: number;
  readonly idempotencyKey?: string;
}

/** What a node answers: members of node.invoke.result besides `id` and `nodeId`; undefined for silence. */
export type NodeScript = (invocation: NodeInvocation) => Readonly<Record<string, unknown>> | undefined;

export interface FakeNodeOptions {
  readonly url: string;
  readonly token: string;
  readonly protocol?: 3 | 4;
  /** The same device comes back; a new one otherwise. "none" connects without one. */
  readonly device?: NodeDevice | "none";
  readonly platform?: string;
  readonly displayName?: string;
  readonly caps?: readonly string[];
  readonly commands?: readonly string[];
  readonly permissions?: Readonly<Record<string, boolean>>;
  readonly answers?: Readonly<Record<string, NodeScript>>;
}

/** A device with a key of its own. */
export class NodeDevice {
  readonly id: string;
  readonly publicKey: string;
  readonly #key: KeyObject;

  constructor() {
    this.#key = generateKeyPairSync("ed25519").privateKey;
    this.publicKey = String(this.#key.export({ format: "jwk" }).x);
    this.id = createHash("sha256").update(Buffer.from(this.publicKey, "base64url")).digest("hex");
  }

  proof(nonce: string, token: string): Record<string, unknown> {
    const signedAt = Date.now();
    const text = ["v2", this.id, "node-host", "node", "node", "", signedAt, token, nonce].join("|");
    const signature = sign(null, Buffer.from(text), this.#key).toString("base64url");
    return { id: this.id, publicKey: this.publicKey, signature, signedAt, nonce };
  }
}

/** A node on a plain WebSocket: it declares what it is told to, and answers commands by a script. */
export class FakeNode implements AsyncDisposable {
  readonly frames: NodeFrame[] = [];
  readonly device: NodeDevice | undefined;
  readonly #options: FakeNodeOptions;
  readonly #socket: WebSocket;
  #closed: { readonly code: number; readonly reason: string } | undefined;
  #nextId = 0;

  private constructor(socket: WebSocket, options: FakeNodeOptions) {
    this.#socket = socket;
    this.#options = options;
    this.device = options.device === "none" ? undefined : (options.device ?? new NodeDevice());
    socket.on("message", (data: Buffer) => this.#receive(JSON.parse(data.toString()) as NodeFrame));
    socket.on("close", (code, reason) => (this.#closed = { code, reason: reason.toString() }));
    socket.on("error", () => {});
  }

  /** Connects. Throws when the gateway does not let it in. */
  static async connect(options: FakeNodeOptions): Promise<FakeNode> {
    const node = new FakeNode(new WebSocket(options.url, { perMessageDeflate: false }), options);
    await once(node.#socket, "open");
    const challenge = await node.event("connect.challenge");
    const hello = await node.request("connect", node.#connectParams(String(challenge.payload?.["nonce"])));
    if (hello.ok !== true) throw new Error(`The node was not let in: ${JSON.stringify(hello.error)}`);
    return node;
  }

  get id(): string {
    return this.device?.id ?? "node-host";
  }

  /** The commands it was given, in order. */
  get invocations(): NodeInvocation[] {
    return this.events("node.invoke.request").map(({ payload }) => payload as unknown as NodeInvocation);
  }

  async request(method: string, params: unknown = {}): Promise<NodeFrame> {
    this.#nextId += 1;
    const id = `n${this.#nextId}`;
    this.#socket.send(JSON.stringify({ type: "req", id, method, params }));
    return this.#await(`an answer to ${method}`, (frame) => frame.type === "res" && frame.id === id);
  }

  event(name: string, matches: (frame: NodeFrame) => boolean = () => true): Promise<NodeFrame> {
    return this.#await(`the event ${name}`, (frame) => frame.event === name && matches(frame));
  }

  events(name: string): NodeFrame[] {
    return this.frames.filter(({ event }) => event === name);
  }

  /** Waits for a command and answers nothing. */
  async invoked(command: string): Promise<NodeInvocation> {
    const frame = await this.event("node.invoke.request", ({ payload }) => payload?.["command"] === command);
    return frame.payload as unknown as NodeInvocation;
  }

  close(): Promise<{ readonly code: number; readonly reason: string }> {
    this.#socket.close();
    return eventually("the node's socket to close", () => this.#closed);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.terminate();
    await eventually("the node's socket to close", () => this.#closed);
  }

  #connectParams(nonce: string): Record<string, unknown> {
    const { token, protocol = 4, platform = "linux", displayName = "My Node" } = this.#options;
    const { caps = [], commands = [], permissions = {} } = this.#options;
    return {
      minProtocol: protocol,
      maxProtocol: protocol,
      client: { id: "node-host", version: "1.0.0", platform, mode: "node", displayName },
      role: "node",
      scopes: [],
      caps,
      commands,
      permissions,
      pathEnv: "/usr/bin:/bin",
      auth: { token },
      ...(this.device ? { device: this.device.proof(nonce, token) } : {}),
    };
  }

  #receive(frame: NodeFrame): void {
    this.frames.push(frame);
    if (frame.event !== "node.invoke.request") return;
    const invocation = frame.payload as unknown as NodeInvocation;
    const answer = this.#options.answers?.[invocation.command]?.(invocation);
    if (answer === undefined) return;
    void this.request("node.invoke.result", { id: invocation.id, nodeId: invocation.nodeId, ...answer }).catch(() => {
      // The gateway cut the line; the test looks at that itself.
    });
  }

  #await(what: string, matches: (frame: NodeFrame) => boolean): Promise<NodeFrame> {
    return eventually(what, () => {
      const found = this.frames.find(matches);
      if (!found && this.#closed) {
        throw new Error(`The node's socket closed (${this.#closed.code} ${this.#closed.reason}) before ${what}.`);
      }
      return found;
    });
  }
}
