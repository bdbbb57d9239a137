import { displayWords, shellLineOf } from "@openclaw/exec-host";

import { isRecord } from "../records.ts";
import { NodeCommandError } from "./machine.ts";

/** What system.run is asked for, checked. */
export interface RunRequest {
  readonly argv: readonly string[];
  readonly cwd: string | undefined;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number | undefined;
  readonly agentId: string;
  readonly sessionKey: string | undefined;
  readonly runId: string | undefined;
}

/**
 * Reads the parameters of system.run. That somebody says a run was approved (`approved`, `approvalDecision`) counts for
 * nothing: the node asks by itself. Throws NodeCommandError. Source: wire facts 7.2 and 20.
 */
export function readRunRequest(params: unknown): RunRequest {
  const {
    command,
    rawCommand,
    cwd,
    env,
    timeoutMs,
    commandTimeoutMs,
    agentId,
    sessionKey,
    runId,
    needsScreenRecording,
  } = isRecord(params) ? params : {};
  if (!Array.isArray(command) || command.length === 0 || !command.every((word) => typeof word === "string")) {
    throw invalid("command must be a list of a program and its arguments");
  }
  const argv = command as readonly string[];
  if (rawCommand !== undefined && rawCommand !== null) checkRaw(rawCommand, argv);
  if (needsScreenRecording === true) throw invalid("this node can not record a screen");
  const timeout = timeoutMs ?? commandTimeoutMs;
  return {
    argv,
    cwd: optionalText(cwd, "cwd"),
    environment: environmentOf(env),
    timeoutMs: typeof timeout === "number" && timeout > 0 ? timeout : undefined,
    agentId: optionalText(agentId, "agentId") ?? "main",
    sessionKey: optionalText(sessionKey, "sessionKey"),
    runId: optionalText(runId, "runId"),
  };
}

/** The text beside the words is what people are shown elsewhere, so that it must say the same. */
function checkRaw(raw: unknown, argv: readonly string[]): void {
  const line = shellLineOf(argv);
  const same = line === undefined ? [displayWords(argv), argv.join(" ")] : [line, displayWords(argv)];
  if (typeof raw === "string" && same.includes(raw)) return;
  throw invalid("rawCommand does not say what command does; leave it out, or let both say the same");
}

function environmentOf(env: unknown): Readonly<Record<string, string>> {
  if (env === undefined || env === null) return {};
  if (!isRecord(env) || !Object.values(env).every((value) => typeof value === "string")) {
    throw invalid("env must be an object of texts");
  }
  return env as Readonly<Record<string, string>>;
}

function optionalText(value: unknown, name: string): string | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value === "string") return value;
  throw invalid(`${name} must be a text`);
}

function invalid(message: string): NodeCommandError {
  return new NodeCommandError("INVALID_REQUEST", message);
}
