/**
 * Opens connections the way clients were recorded to, right and wrong ones, and compares what comes of each with what
 * gateways of both generations did. Source: wire facts 3, 5 and 24.
 */
import { readFile } from "node:fs/promises";

import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { Device } from "../support/device.ts";
import { RawClient } from "../support/raw-client.ts";
import { startGateway } from "../support/running-gateway.ts";
import { HANDSHAKE_DIFFERENCES } from "./handshake-differences.ts";

interface ConnectLike {
  readonly client?: { readonly id: string; readonly mode: string; readonly platform: string };
  readonly role?: string;
  readonly scopes?: readonly string[];
  readonly auth?: { readonly token?: string };
  /** Stands for a device and its proof. */
  readonly device?: string;
}

interface Case {
  readonly label: string;
  readonly first?: { readonly id?: string; readonly params?: ConnectLike };
  readonly text?: string;
  /** In hexadecimal digits. */
  readonly bytes?: string;
  readonly isBinary?: boolean;
  /** A page of the gateway's own address. */
  readonly origin?: "same";
  readonly isLetIn?: boolean;
  readonly error?: { readonly code: string; readonly message: string; readonly details?: { readonly code?: string } };
  readonly closed?: { readonly code: number; readonly reason: string };
  /** Calls after a hello, and why they were refused. */
  readonly probes?: readonly { readonly method: string; readonly params?: unknown; readonly refusal?: string }[];
}

type Outcome = Pick<Case, "isLetIn" | "error" | "closed"> & { readonly refusals: readonly (string | undefined)[] };

let directory: TempDirectory;
let gateway: Awaited<ReturnType<typeof startGateway>>;
beforeEach(async () => {
  directory = await createTempDirectory();
  gateway = await startGateway(directory.path);
});
afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  await directory[Symbol.asyncDispose]();
});

async function play(one: Case, deviceOf: (name: string) => Device): Promise<Outcome> {
  const headers = one.origin === undefined ? {} : { origin: `http://127.0.0.1:${gateway.port}` };
  await using client = await RawClient.open(gateway.url, { headers });
  const { first } = one;
  if (first)
    client.sendRaw(JSON.stringify({ ...first, params: completed(first.params, client, deviceOf) }), one.isBinary);
  else if (one.bytes === undefined) client.sendRaw(one.text ?? "");
  else client.sendRaw(Buffer.from(one.bytes.replaceAll(" ", ""), "hex"), true);
  const answer = one.isLetIn || one.error ? await client.answer(String(first?.id)) : undefined;
  if (answer?.ok !== true) {
    const closed = await client.close();
    return { ...(answer?.error ? { error: answer.error } : {}), closed, refusals: [] };
  }
  const refusals: (string | undefined)[] = [];
  for (const { method, params } of one.probes ?? []) {
    const message = (await client.request(method, params)).error?.message;
    refusals.push(message?.startsWith("missing scope: ") === true ? message : undefined);
  }
  return { isLetIn: true, refusals };
}

/** The recorded parameters with the secret of this gateway and the proof of a device of this test. */
function completed(params: ConnectLike | undefined, client: RawClient, deviceOf: (name: string) => Device): unknown {
  if (params === undefined) return undefined;
  const { device: name, ...rest } = params;
  const auth = rest.auth && {
    ...rest.auth,
    ...(rest.auth.token === "<right>" ? { token: gateway.secret } : {}),
    ...("password" in rest.auth && rest.auth.password === "tok" ? { password: gateway.secret } : {}),
  };
  const proof = name !== undefined && {
    device: deviceOf(name).proof({
      ...(rest.client ? { client: rest.client } : {}),
      role: rest.role ?? "operator",
      scopes: rest.scopes ?? [],
      token: auth?.token ?? "",
      nonce: client.nonce,
      signedAt: Date.now(),
    }),
  };
  return { ...rest, ...(auth ? { auth } : {}), ...proof };
}

/** One line that can be compared, and read in a table. */
function told({ isLetIn, error, closed, refusals }: Outcome): string {
  if (isLetIn === true) {
    const missing = new Set(refusals.filter((one) => one !== undefined));
    return missing.size === 0 ? "let in" : `let in; ${[...missing].join("; ")}`;
  }
  const words = error ? `${error.code}: ${error.message}` : "no answer";
  const code = error?.details?.code === undefined ? "" : ` (${error.details.code})`;
  return `${words}${code}; closed ${closed?.code ?? "never"}${error ? "" : ` ${closed?.reason ?? ""}`}`;
}

describe.each([3, 4] as const)("recorded handshakes of protocol %d", (protocol) => {
  it("end as they did then", async () => {
    const path = new URL(`./fixtures/handshake.p${protocol}.json`, import.meta.url);
    const { cases } = JSON.parse(await readFile(path, "utf8")) as { readonly cases: readonly Case[] };
    const devices = new Map<string, Device>();
    const deviceOf = (name: string): Device => {
      const device = devices.get(name) ?? new Device();
      devices.set(name, device);
      return device;
    };
    const ours: Record<string, string> = {};
    for (const one of cases) {
      const then = told({ ...one, refusals: (one.probes ?? []).map(({ refusal }) => refusal) });
      const now = told(await play(one, deviceOf));
      if (now !== then) ours[one.label] = now;
    }
    expect(ours).toEqual(Object.assign({}, ...Object.values(HANDSHAKE_DIFFERENCES[protocol])));
  });
});
