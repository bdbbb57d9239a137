import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type Server, type TLSSocket } from "node:tls";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import { ClientError, type ClientOptions, GatewayClient } from "@openclaw/client";
import { createGateway } from "@openclaw/gateway-core";
import { createTempDirectory } from "@openclaw/testkit/temp-directory";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/** A gateway with TLS and the files of its certificate. */
async function secureGateway() {
  const directory = await createTempDirectory();
  const gateway = await createGateway({
    stateDir: directory.path,
    config: { gateway: { mode: "local", tls: { enabled: true } } },
    listen: { port: 0 },
    version: "1.2.3",
  });
  await gateway.start();
  const file = (name: string) => readFile(join(directory.path, "tls", name), "utf8");
  const files = { cert: await file("gateway-cert.pem"), key: await file("gateway-key.pem") };
  const dispose = async (): Promise<void> => {
    await gateway.stop({ drainMs: 0 });
    await directory[Symbol.asyncDispose]();
  };
  return Object.assign(gateway, { files, [Symbol.asyncDispose]: dispose });
}

type SecureGateway = Awaited<ReturnType<typeof secureGateway>>;

let real: SecureGateway;
/** Has the same names and the same form, and another key. */
let impostor: SecureGateway;
beforeAll(async () => {
  [real, impostor] = [await secureGateway(), await secureGateway()];
});
afterAll(async () => {
  await real[Symbol.asyncDispose]();
  await impostor[Symbol.asyncDispose]();
});

function options(changes: Partial<ClientOptions> = {}): ClientOptions {
  return {
    url: real.url,
    token: real.secret,
    client: { id: "gateway-client", mode: "backend", version: "1.0.0", platform: "linux" },
    ...changes,
  };
}

function pin(gateway: SecureGateway): string {
  return gateway.tlsFingerprint ?? "none";
}

async function failure(changes: Partial<ClientOptions>): Promise<ClientError> {
  const outcome: unknown = await GatewayClient.connect(options(changes)).catch((error: unknown) => error);
  if (outcome instanceof ClientError) return outcome;
  throw new Error("It should have failed.");
}

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

describe("a client that knows the certificate of its gateway", () => {
  it("connects to it, however the fingerprint is written", async () => {
    for (const tlsFingerprint of [
      pin(real),
      pin(real).toLowerCase().replaceAll(":", ""),
      `sha256:${pin(real)}`,
      ` SHA-256=${pin(real)} `,
    ]) {
      await using client = await GatewayClient.connect(options({ tlsFingerprint }));
      expect((await client.request("health", {})).ok).toBe(true);
    }
  });

  it("S tells nothing to one with the right name and the wrong certificate, and does not try again", async () => {
    const heard: string[] = [];
    const spy = createServer(impostor.files, (socket: TLSSocket) => {
      socket.on("data", (data: Buffer) => heard.push(data.toString()));
      socket.on("error", () => {});
    });
    const port = await listen(spy);
    try {
      for (const url of [impostor.url, `wss://localhost:${port}`]) {
        const error = await failure({ url, tlsFingerprint: pin(real) });
        expect(error).toMatchObject({
          code: "CONNECT_FAILED",
          retryable: false,
          details: { cause: "TLS_FINGERPRINT_MISMATCH" },
        });
        expect(error.message).toContain(pin(impostor));
      }
      expect(heard.join("")).not.toContain(real.secret);
    } finally {
      spy.close();
    }
  });

  it("S is not talked down to plain text or to an old version of TLS", async () => {
    await using directory = await createTempDirectory();
    const config = { gateway: { mode: "local" } } as const;
    await using plain = await createGateway({ stateDir: directory.path, config, listen: { port: 0 } });
    await plain.start();
    expect(await failure({ url: plain.url, tlsFingerprint: pin(real) })).toMatchObject({ code: "INVALID_REQUEST" });
    const secured = plain.url.replace("ws:", "wss:");
    expect(await failure({ url: secured, tlsFingerprint: pin(real) })).toMatchObject({ code: "CONNECT_FAILED" });
    const old = createServer({
      ...real.files,
      minVersion: "TLSv1",
      maxVersion: "TLSv1.1",
      ciphers: "DEFAULT@SECLEVEL=0",
    });
    old.on("tlsClientError", () => {});
    const port = await listen(old);
    try {
      const error = await failure({ url: `wss://127.0.0.1:${port}`, tlsFingerprint: pin(real) });
      expect(error).toMatchObject({
        code: "CONNECT_FAILED",
        message: expect.stringMatching(/version|protocol/iu) as string,
      });
    } finally {
      old.close();
    }
  });

  it("refuses a fingerprint that is none", async () => {
    for (const tlsFingerprint of ["", "abc", `${pin(real)}:00`, pin(real).replace(/^../u, "gg")]) {
      expect(await failure({ tlsFingerprint })).toMatchObject({ code: "INVALID_REQUEST" });
    }
  });
});

it("without a fingerprint a client trusts only certificates that an authority vouches for", async () => {
  expect(await failure({})).toMatchObject({
    code: "CONNECT_FAILED",
    retryable: false,
    details: { cause: "DEPTH_ZERO_SELF_SIGNED_CERT" },
  });
});
