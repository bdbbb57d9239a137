import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { createTempDirectory } from "@openclaw/testkit/temp-directory";
import { expect } from "vitest";

import type { GatewayOptions } from "../../src/index.ts";
import type { AnyFrame, RawClient } from "../support/raw-client.ts";
import { startGateway } from "../support/running-gateway.ts";
import type { Message } from "./mutations.ts";

/** How long anything may take before it counts as hanging. Generous: the machine may be busy. */
export const DEADLINE_MS = 5_000;
const HEAP_MARGIN_BYTES = 64 * 1_048_576;
export const LIMITS = { maxPayloadBytes: 262_144, maxOpeningPerNetwork: 512, handshakeTimeoutMs: 3_000 };

/** A gateway under attack, and one honest client of it that asks for its health again and again. */
export async function startUnderAttack(options: GatewayOptions = {}) {
  const directory = await createTempDirectory();
  const gateway = await startGateway(directory.path, { limits: LIMITS, ...options });
  const honest = new HonestClient(await gateway.connect({ scopes: ["operator.read"] }));
  const before = usage();
  return Object.assign(gateway, {
    /** Checks that nothing broke and nothing was left behind. */
    async expectUnharmed(): Promise<void> {
      await honest.stop();
      expect(honest.failures).toEqual([]);
      expect(honest.answers).toBeGreaterThan(0);
      expect(gateway.log.lines.filter(({ level }) => level === "error")).toEqual([]);
      gateway.log.lines.length = 0;
      expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
      const after = usage();
      expect(after.heapBytes - before.heapBytes).toBeLessThan(HEAP_MARGIN_BYTES);
      await expect.poll(() => usage().sockets, { timeout: DEADLINE_MS }).toBeLessThanOrEqual(before.sockets);
    },
    async [Symbol.asyncDispose](): Promise<void> {
      await honest.stop();
      await gateway.stop({ drainMs: 0 });
      await directory[Symbol.asyncDispose]();
    },
  });
}

export type Attacked = Awaited<ReturnType<typeof startUnderAttack>>;

class HonestClient {
  readonly failures: string[] = [];
  answers = 0;
  readonly #client: RawClient;
  readonly #loop: Promise<void>;
  #isStopped = false;

  constructor(client: RawClient) {
    this.#client = client;
    this.#loop = this.#ask();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#loop;
    await this.#client[Symbol.asyncDispose]();
  }

  async #ask(): Promise<void> {
    while (!this.#isStopped && this.failures.length === 0) {
      const outcome = await ask(this.#client, { id: `honest-${this.answers}`, method: "health", params: {} });
      if (outcome.kind === "answered" && outcome.frame.ok === true) this.answers += 1;
      else this.failures.push(JSON.stringify(outcome));
      this.#client.frames.length = 0;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

export type Outcome =
  | { readonly kind: "answered"; readonly frame: AnyFrame }
  | { readonly kind: "closed"; readonly code: number; readonly reason: string }
  | { readonly kind: "nothing" };

interface Question {
  readonly id: string;
  readonly method: string;
  readonly params: unknown;
  readonly deadlineMs?: number | undefined;
}

/** Sends a request and says what came of it within the deadline. */
export function ask(client: RawClient, question: Question): Promise<Outcome> {
  const { id, method, params, deadlineMs = DEADLINE_MS } = question;
  const outcome = outcomeOf(client, id, deadlineMs);
  if (!client.closed) client.sendRaw(JSON.stringify({ type: "req", id, method, params }));
  return outcome;
}

function outcomeOf(client: RawClient, id: string, deadlineMs: number): Promise<Outcome> {
  const { socket } = client;
  return new Promise((resolve) => {
    const done = (outcome: Outcome): void => {
      clearTimeout(timer);
      socket.off("message", onMessage);
      socket.off("close", onClose);
      resolve(outcome);
    };
    const onMessage = (): void => {
      const frame = client.frames.findLast((one) => one.type === "res" && one.id === id);
      if (frame) done({ kind: "answered", frame });
    };
    const onClose = (): void => done({ kind: "closed", ...(client.closed ?? { code: 0, reason: "" }) });
    const timer = setTimeout(() => done({ kind: "nothing" }), deadlineMs);
    socket.on("message", onMessage);
    socket.on("close", onClose);
    if (client.closed) onClose();
  });
}

export function send(client: RawClient, { pieces, isBinary }: Message): void {
  for (const [index, piece] of pieces.entries())
    client.socket.send(piece, { binary: isBinary, fin: index === pieces.length - 1 });
}

/** What the wire allows, says what was wrong, and gives nothing away. */
export function expectWellFormed(frames: readonly AnyFrame[], secret: string): void {
  for (const frame of frames) {
    expect(["res", "event"]).toContain(frame.type);
    if (frame.type === "res") expect(typeof frame.ok).toBe("boolean");
    if (!frame.error) continue;
    expect(frame.error.code).toMatch(/^[A-Z_]+$/u);
    expect(frame.error.message.length).toBeGreaterThan(0);
    expect(frame.error.message.length).toBeLessThan(3_000);
    const text = JSON.stringify(frame);
    expect(text).not.toContain(secret);
    expect(text).not.toMatch(/node_modules|\.ts:\d/u);
  }
}

/** Closed by the gateway with one of its codes; what breaks a rule of the protocol is told in words. */
export function expectReason({ code, reason }: { readonly code: number; readonly reason: string }): void {
  expect([1000, 1002, 1007, 1008, 1009]).toContain(code);
  if (code === 1008) expect(reason).not.toBe("");
  expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(120);
}

function usage(): { readonly heapBytes: number; readonly sockets: number } {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  const sockets = process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;
  return { heapBytes: process.memoryUsage().heapUsed, sockets };
}
