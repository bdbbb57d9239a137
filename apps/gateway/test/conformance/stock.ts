import { createPrivateKey, createPublicKey, createHash, generateKeyPairSync, sign } from "node:crypto";

import type { Gateway } from "@openclaw/gateway-core";
import { GatewayClient, type GatewayClientOptions } from "stock-gateway-client";

const ALL_SCOPES = ["operator.admin", "operator.read", "operator.write", "operator.approvals", "operator.pairing"];

export interface StockEvent {
  readonly event: string;
  readonly payload?: unknown;
  readonly seq?: number;
}

/** The client that is published for protocol 4, connected. */
export interface StockClient extends Disposable {
  readonly hello: {
    readonly protocol: number;
    readonly auth?: unknown;
    readonly features: { methods: string[]; events: string[] };
  };
  readonly events: readonly StockEvent[];
  request(method: string, params?: unknown, expectFinal?: boolean): Promise<unknown>;
}

/** Rejects with the client's own error when the gateway refuses it. */
export async function connectStock(
  gateway: Gateway,
  options: Partial<GatewayClientOptions> = {},
): Promise<StockClient> {
  const events: StockEvent[] = [];
  const opened = Promise.withResolvers<StockClient["hello"]>();
  const client = new GatewayClient({
    url: gateway.url,
    token: gateway.secret,
    scopes: ALL_SCOPES,
    requestTimeoutMs: 10_000,
    ...options,
    onHelloOk: (hello) => opened.resolve(hello),
    onConnectError: (error) => opened.reject(error),
    onEvent: (event) => void events.push(event),
  });
  client.start();
  try {
    const hello = await opened.promise;
    return {
      hello,
      events,
      request: (method, params = {}, expectFinal = false) => client.request(method, params, { expectFinal }),
      [Symbol.dispose]: () => client.stop(),
    };
  } catch (error) {
    client.stop();
    throw error;
  }
}

/** A device of the published client, which leaves the keys to its host. */
export class StockDevice {
  readonly identity: { readonly deviceId: string; readonly publicKeyPem: string; readonly privateKeyPem: string };
  /** The token that the gateway gave it. */
  token: string | undefined;

  constructor() {
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    const raw = Buffer.from(String(publicKey.export({ format: "jwk" }).x), "base64url");
    this.identity = {
      deviceId: createHash("sha256").update(raw).digest("hex"),
      publicKeyPem: String(publicKey.export({ type: "spki", format: "pem" })),
      privateKeyPem: String(privateKey.export({ type: "pkcs8", format: "pem" })),
    };
  }

  get options(): Pick<GatewayClientOptions, "deviceIdentity" | "hostDeps"> {
    return {
      deviceIdentity: this.identity,
      hostDeps: {
        signDevicePayload: (pem, payload) =>
          sign(null, Buffer.from(payload), createPrivateKey(pem)).toString("base64url"),
        publicKeyRawBase64UrlFromPem: (pem) => String(createPublicKey(pem).export({ format: "jwk" }).x),
        loadDeviceAuthToken: ({ role }) =>
          this.token === undefined ? null : { token: this.token, role, scopes: [], updatedAtMs: 1 },
        storeDeviceAuthToken: ({ token }) => {
          this.token = token;
        },
        clearDeviceAuthToken: () => {
          this.token = undefined;
        },
      },
    };
  }
}
