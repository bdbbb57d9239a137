import type { Server } from "node:net";
import { Server as TlsServer } from "node:tls";

import type { Clock, Logger } from "../../ports.ts";
import { loadCertificate, type TlsMaterial, type TlsSettings } from "./certificate.ts";

/** How often files are looked at again: a certificate of one's own may have been renewed by its own tool. */
const CHECK_INTERVAL_MS = 3_600_000;

export interface KeeperDependencies {
  readonly clock: Pick<Clock, "now" | "setInterval">;
  readonly log: Logger;
}

/** The certificate of a running server: has it renewed, or read again, without a restart. */
export class CertificateKeeper implements Disposable {
  readonly #settings: TlsSettings;
  readonly #dependencies: KeeperDependencies;
  #material: TlsMaterial;
  #timer: Disposable | undefined;

  private constructor(settings: TlsSettings, dependencies: KeeperDependencies, material: TlsMaterial) {
    this.#settings = settings;
    this.#dependencies = dependencies;
    this.#material = material;
  }

  /** Throws FatalError when there is no usable certificate. */
  static async load(settings: TlsSettings, dependencies: KeeperDependencies): Promise<CertificateKeeper> {
    return new CertificateKeeper(settings, dependencies, await loadCertificate(settings, dependencies.clock.now()));
  }

  get material(): TlsMaterial {
    return this.#material;
  }

  keep(server: Server): void {
    this.#timer = this.#dependencies.clock.setInterval(() => void this.#check(server), CHECK_INTERVAL_MS);
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
  }

  /** The one in use stays in use when there is no better one. */
  async #check(server: Server): Promise<void> {
    const { clock, log } = this.#dependencies;
    try {
      const material = await loadCertificate(this.#settings, clock.now());
      if (material.fingerprint === this.#material.fingerprint) return;
      if (server instanceof TlsServer) server.setSecureContext({ cert: material.cert, key: material.key });
      this.#material = material;
      log.warn("the certificate was replaced; clients that pin it need the new fingerprint", {
        fingerprint: material.fingerprint,
      });
    } catch (error) {
      log.error("the certificate could not be renewed", { error });
    }
  }
}
