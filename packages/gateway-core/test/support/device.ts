import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";

export interface SigningOptions {
  readonly version?: "v1" | "v2" | "v3";
  readonly client?: {
    readonly id: string;
    readonly mode: string;
    readonly platform: string;
    readonly deviceFamily?: string;
  };
  readonly role?: string;
  readonly scopes?: readonly string[];
  readonly signedAt?: number;
  readonly token?: string;
  readonly nonce?: string;
}

/** A device with a key of its own. */
export class Device {
  readonly id: string;
  readonly raw: Buffer;
  readonly #key: KeyObject;

  constructor(seed?: Buffer) {
    this.#key = seed === undefined ? generateKeyPairSync("ed25519").privateKey : privateKeyOf(seed);
    const jwk = this.#key.export({ format: "jwk" });
    this.raw = Buffer.from(String(jwk.x), "base64url");
    this.id = createHash("sha256").update(this.raw).digest("hex");
  }

  get publicKey(): string {
    return this.raw.toString("base64url");
  }

  /** The text a device signs. Source: wire facts 8.4. */
  text(options: SigningOptions): string {
    const { version = "v2", role = "operator", scopes = [], signedAt = 0, token = "", nonce = "" } = options;
    const client = options.client ?? { id: "cli", mode: "cli", platform: "linux" };
    const common = [version, this.id, client.id, client.mode, role, scopes.join(","), signedAt, token];
    if (version === "v1") return common.join("|");
    if (version === "v2") return [...common, nonce].join("|");
    return [
      ...common,
      nonce,
      client.platform.trim().toLowerCase(),
      (client.deviceFamily ?? "").trim().toLowerCase(),
    ].join("|");
  }

  sign(options: SigningOptions): string {
    return sign(null, Buffer.from(this.text(options)), this.#key).toString("base64url");
  }

  /** The `device` member of a connect request. */
  proof(options: SigningOptions): Record<string, unknown> {
    const { signedAt = 0, nonce, version } = options;
    return {
      id: this.id,
      publicKey: this.publicKey,
      signature: this.sign(options),
      signedAt,
      ...(nonce === undefined || version === "v1" ? {} : { nonce }),
    };
  }
}

function privateKeyOf(seed: Buffer): KeyObject {
  const prefix = Buffer.from("302e020100300506032b657004220420", "hex");
  return createPrivateKey({ key: Buffer.concat([prefix, seed]), format: "der", type: "pkcs8" });
}
