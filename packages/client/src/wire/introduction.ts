import type { HelloOk, ResumePoint } from "@openclaw/protocol";

import type { Device } from "../device/device.ts";
import type { ClientError } from "../errors.ts";
import type { ResolvedOptions } from "../options.ts";
import { type Challenge, type ConnectParams, sharedSecretParams } from "./connect-params.ts";
import { isRecord } from "./frames.ts";

/** The forms of the signed text. Gateways of protocol 3 know only the older one. */
type SignedForm = "v3" | "v2";

/**
 * How a client says who it is, from one connection to the next: the secret it was given, or the token that the gateway
 * gave its device. Source: wire facts 5.12, 8.4 and 8.10.
 */
export class Introduction {
  readonly #options: ResolvedOptions;
  readonly #device: Device | undefined;
  #form: SignedForm = "v3";
  #showsDeviceToken: boolean;

  constructor(options: ResolvedOptions) {
    this.#options = options;
    this.#device = options.device;
    this.#showsDeviceToken = !this.#knowsSecret;
  }

  async build(challenge: Challenge | undefined, resume: ResumePoint | undefined): Promise<ConnectParams> {
    const deviceToken = this.#showsDeviceToken ? this.#storedToken : undefined;
    const { password: _password, token: _token, ...rest } = this.#options;
    const options = deviceToken === undefined ? this.#options : { ...rest, token: deviceToken };
    const params = sharedSecretParams(options, resume);
    // A proof without the gateway's nonce could be used again by whoever sees it.
    if (this.#device === undefined || challenge === undefined) return params;
    return { ...params, device: await this.#proof(this.#device, params, challenge) };
  }

  /** The gateway let the client in. */
  async accepted(hello: HelloOk): Promise<void> {
    const auth: unknown = hello.auth;
    const token = isRecord(auth) ? auth["deviceToken"] : undefined;
    if (typeof token === "string" && token !== "") await this.#keep(token);
  }

  /** The gateway did not let it in. Resolves with true when there is another way to say who this is. */
  async refused(error: ClientError): Promise<boolean> {
    if (this.#device === undefined || error.code !== "INVALID_REQUEST") return false;
    if (error.message === "device signature invalid" && this.#form === "v3") {
      this.#form = "v2";
      return true;
    }
    const code = isRecord(error.details) ? error.details["code"] : undefined;
    const isWrong = code === "AUTH_TOKEN_MISMATCH" || code === "AUTH_PASSWORD_MISMATCH";
    if (this.#showsDeviceToken) {
      if (isWrong) await this.#keep(undefined);
      this.#showsDeviceToken = !this.#knowsSecret;
      return false;
    }
    // Gateways of protocol 3 give no details.
    const mayRetry = isWrong || (code === undefined && error.message.startsWith("unauthorized: gateway"));
    this.#showsDeviceToken = mayRetry && this.#storedToken !== undefined;
    return this.#showsDeviceToken;
  }

  get #knowsSecret(): boolean {
    return this.#options.token !== undefined || this.#options.password !== undefined;
  }

  get #storedToken(): string | undefined {
    const { url, role } = this.#options;
    return this.#device?.token(url, role);
  }

  async #keep(token: string | undefined): Promise<void> {
    const { url, role } = this.#options;
    await this.#device?.keepToken(url, role, token);
  }

  async #proof(device: Device, params: ConnectParams, { nonce, ts }: Challenge) {
    const { client, role = "operator", scopes = [], auth } = params;
    // The gateway's own clock, so that this machine's does not matter.
    const signedAt = ts ?? Date.now();
    const common = [device.id, client.id, client.mode, role, scopes.join(","), signedAt, auth?.token ?? "", nonce];
    const names = [client.platform, client.deviceFamily ?? ""].map((name) => name.trim().toLowerCase());
    const fields = this.#form === "v3" ? ["v3", ...common, ...names] : ["v2", ...common];
    return {
      id: device.id,
      publicKey: device.publicKey,
      signature: await device.sign(fields.join("|")),
      signedAt,
      nonce,
    };
  }
}
