import type { Environment } from "./env.ts";
import type { ConfigIssue } from "./errors.ts";
import type { GatewayPaths } from "./paths.ts";
import type { GatewayConfig } from "./schema.ts";

/** Where the configuration came from. */
export interface ConfigSource {
  readonly path: string;
  readonly exists: boolean;
  /** SHA-256 of the file's bytes in hex; undefined when there is no file. */
  readonly hash: string | undefined;
}

/**
 * The configuration in use.
 * - `ok`: the file as it is, or the defaults when there is none.
 * - `invalid-using-last-good`: the file can not be used; `issues` says why, `current` is what was used before.
 */
export interface ConfigRuntime {
  readonly current: GatewayConfig;
  readonly source: ConfigSource;
  readonly issues: readonly ConfigIssue[];
  readonly state: "ok" | "invalid-using-last-good";
  readonly paths: GatewayPaths;
  /** The process environment with the `.env` files and the configuration's own variables underneath. */
  readonly environment: Environment;
  /** Things an operator should know at start: keys without effect, files that others can read. One sentence each. */
  readonly warnings: readonly string[];
  /** Credentials of the configuration and of the environment, for the log's mask. */
  readonly secrets: readonly string[];
}
