import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";

/** A device with a key of its own, which signs the nonce of every connection. */
export class BenchDevice {
  readonly #key: KeyObject = generateKeyPairSync("ed25519").privateKey;
  readonly #raw = Buffer.from(String(this.#key.export({ format: "jwk" }).x), "base64url");
  readonly #id = createHash("sha256").update(this.#raw).digest("hex");

  /** The `device` member of a connect request, in the second form of the signed text. Source: wire facts 8.4. */
  proof(nonce: string, connect: SignedConnect, token: string): Record<string, unknown> {
    const { client, role, scopes } = connect;
    const signedAt = Date.now();
    const text = ["v2", this.#id, client.id, client.mode, role, scopes.join(","), signedAt, token, nonce].join("|");
    return {
      id: this.#id,
      publicKey: this.#raw.toString("base64url"),
      signature: sign(null, Buffer.from(text), this.#key).toString("base64url"),
      signedAt,
      nonce,
    };
  }
}

/** What of a connect request is signed besides the nonce. */
export interface SignedConnect {
  readonly client: { readonly id: string; readonly mode: string };
  readonly role: string;
  readonly scopes: readonly string[];
}
