import { createHmac } from "node:crypto";

/** The device tokens of one gateway: computed, never stored. See docs/decisions/0007-devices.md. */
export class DeviceTokens {
  readonly #readKey: () => Promise<Uint8Array>;
  #reading: Promise<Uint8Array> | undefined;
  #key: Uint8Array | undefined;

  /** `readKey` is asked once, at the first need; when it fails, again at the next. */
  constructor(readKey: () => Promise<Uint8Array>) {
    this.#readKey = readKey;
  }

  /** Has the key at hand. Rejects with what reading it rejects with. */
  async ready(): Promise<void> {
    if (this.#key) return;
    this.#reading ??= this.#readKey();
    try {
      this.#key = await this.#reading;
    } finally {
      this.#reading = undefined;
    }
  }

  /** The token of a device in a role. The salt is another one after each rotation. Needs `ready`. */
  tokenOf(deviceId: string, role: string, salt: string): string {
    if (!this.#key) throw new Error("The key of device tokens has not been read yet.");
    return createHmac("sha256", this.#key)
      .update(JSON.stringify(["device-token", deviceId, role, salt]))
      .digest("base64url");
  }
}
