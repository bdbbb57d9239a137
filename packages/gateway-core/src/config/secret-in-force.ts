import type { Ids } from "../ports.ts";
import type { Environment } from "./env.ts";
import { type ListenOptions, sharedSecretOf } from "./listen.ts";
import { type GatewayAuth, resolveAuth } from "./resolve.ts";
import type { ConfigRuntime } from "./runtime.ts";
import type { GatewayConfig } from "./schema.ts";

/** A configuration that is about to be written, with the environment it is resolved in. */
export interface NextConfig {
  readonly config: GatewayConfig;
  readonly environment: Environment;
}

/** What clients must present, now: a secret that is written to the configuration file counts without a restart. */
export class SecretInForce {
  readonly #running: ConfigRuntime;
  readonly #listen: ListenOptions;
  readonly #ids: Ids;
  #configured: GatewayAuth;
  #current: ReturnType<typeof sharedSecretOf>;

  /** Throws FatalError when the gateway can not listen with what is configured. */
  constructor(running: ConfigRuntime, listen: ListenOptions, ids: Ids) {
    this.#running = running;
    this.#listen = listen;
    this.#ids = ids;
    this.#current = sharedSecretOf(running, listen, ids);
    this.#configured = this.#resolve({ config: running.current, environment: running.environment });
  }

  get current(): ReturnType<typeof sharedSecretOf> {
    return this.#current;
  }

  /**
   * What the next configuration makes of the secret: a function that puts it in force, or undefined when it stays as
   * it is. Throws FatalError when the address that the gateway listens on asks for another.
   */
  prepare(next: NextConfig): (() => void) | undefined {
    const configured = this.#resolve(next);
    if (configured.mode === this.#configured.mode && configured.secret === this.#configured.secret) return undefined;
    const running = this.#running;
    const gateway = { ...running.current.gateway, auth: next.config.gateway.auth };
    const withNext = { ...running, environment: next.environment, current: { ...running.current, gateway } };
    const secret = sharedSecretOf(withNext, this.#listen, this.#ids);
    return () => {
      this.#configured = configured;
      this.#current = secret;
    };
  }

  #resolve({ config, environment }: NextConfig): GatewayAuth {
    const { authMode: mode, token, password } = this.#listen;
    return resolveAuth({ environment, configured: config.gateway.auth, flags: { mode, token, password } });
  }
}
