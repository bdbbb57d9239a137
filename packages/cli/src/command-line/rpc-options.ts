import { flag, integer, text, type Values, withDefault } from "./options.ts";

const DEFAULT_TIMEOUT_MS = 10_000;

/** Options of every command that asks a running gateway. */
export const RPC_OPTIONS = {
  url: text("--url <url>", "WebSocket address of the gateway (default: the one of the profile)"),
  token: text("--token <token>", "Token of the gateway (default: OPENCLAW_GATEWAY_TOKEN, then the configuration)"),
  password: text("--password <password>", "Password of the gateway, where it uses one"),
  tlsFingerprint: text(
    "--tls-fingerprint <sha256>",
    "What the certificate of a wss:// gateway must be (default: gateway.remote.tlsFingerprint, or this machine's own)",
  ),
  allowPlaintext: flag("--allow-plaintext", "Talk ws:// to another machine, where a VPN or the like encrypts already"),
  timeout: withDefault(
    integer("--timeout <ms>", { minimum: 1, maximum: 86_400_000 }, "How long to wait for an answer, in milliseconds"),
    DEFAULT_TIMEOUT_MS,
  ),
  json: flag("--json", "Print JSON for scripts"),
} as const;

export type RpcValues = Values<typeof RPC_OPTIONS>;
