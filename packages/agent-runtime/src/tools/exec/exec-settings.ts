import type { ExecAsk, ExecSecurity } from "@openclaw/exec-host";

/** `tools.exec`, as far as running programs on the gateway's own machine goes. */
export interface ExecSettings {
  /** `deny` runs nothing, `allowlist` what is listed, `full` everything. */
  readonly security: ExecSecurity;
  /** When an operator has to agree: never, for what is not listed, or always. */
  readonly ask: ExecAsk;
  /** Globs of resolved program paths; `*` stands for anything but a slash, `**` for anything. Case does not matter. */
  readonly allowlist: readonly string[];
  /** Programs that need no entry where they only work on what is piped into them. */
  readonly safeBins: readonly string[];
  /** Directories that are searched before those of PATH. */
  readonly pathPrepend: readonly string[];
  readonly timeoutMs: number;
  /** How long operators have to decide. */
  readonly approvalTimeoutMs: number;
}
