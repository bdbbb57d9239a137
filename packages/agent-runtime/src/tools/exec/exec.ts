import type { Clock, Tool, ToolResult } from "@openclaw/gateway-core/ports";

import { numberField, textField, textListField } from "../fields.ts";
import { failed } from "../gateway-call.ts";
import { type ExecSettings, execVerdict } from "./exec-policy.ts";
import { findProgram, pathDirectories } from "./find-program.ts";
import { runProgram } from "./run-program.ts";

export interface ExecOptions {
  readonly clock: Clock;
  /** Asked at every call. */
  readonly settings: () => ExecSettings;
  /** The gateway's environment; programs get a few harmless variables of it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where an agent's programs run unless a call says otherwise. */
  readonly workspace: (agentId: string) => string;
}

/** What a program may know of the gateway's environment: nothing that holds a key or changes what code is loaded. */
const INHERITED = ["HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR"];
const MAX_ARGUMENTS = 256;

/** Runs programs on the gateway's machine. Off unless the configuration switches it on. */
export function execTool(options: ExecOptions): Tool {
  return {
    name: "exec",
    description:
      "Runs a program on the gateway's machine and gives its output. There is no shell: no pipes, redirections, variables or patterns. Only programs that the operator listed may run.",
    parameters: {
      type: "object",
      properties: {
        command: {
          type: "array",
          items: { type: "string" },
          minItems: 1,
          maxItems: MAX_ARGUMENTS,
          description: 'The program and its arguments, one by one: ["git", "status"].',
        },
        workdir: { type: "string", description: "The directory to run it in; your workspace when left out." },
        timeout: { type: "number", minimum: 1, description: "Seconds after which it is ended." },
      },
      required: ["command"],
      additionalProperties: false,
    },
    sideEffects: true,
    execute: (input, { agentId }, signal) =>
      run(input, { ...options, workspacePath: options.workspace(agentId), signal }),
  };
}

interface Running extends ExecOptions {
  readonly workspacePath: string;
  readonly signal: AbortSignal;
}

async function run(input: unknown, running: Running): Promise<ToolResult> {
  const { clock, environment, signal, workspacePath } = running;
  const settings = running.settings();
  const [name, ...args] = textListField(input, "command");
  if (name === undefined || name === "")
    return failed('"command" is required: a list of the program and its arguments.');
  if ([name, ...args].some((part) => part.includes("\0"))) return failed('"command" holds a NUL character.');
  const workdir = textField(input, "workdir") ?? workspacePath;
  const directories = [...settings.pathPrepend, ...pathDirectories(environment["PATH"])];
  const program = await findProgram(name, { workdir, directories });
  if (program === undefined) return failed(`There is no program "${name}" that can be run.`);
  const verdict = execVerdict(program, settings);
  if (verdict.kind === "refuse") return failed(`Not run: ${verdict.why}`);
  const asked = numberField(input, "timeout");
  const timeoutMs = Math.min(asked === undefined || asked < 1 ? settings.timeoutMs : asked * 1_000, settings.timeoutMs);
  try {
    const end = await runProgram(
      { program, name, args, workdir, environment: harmless(environment, directories), timeoutMs, clock },
      signal,
    );
    signal.throwIfAborted();
    const how = end.timedOut
      ? `ended after ${timeoutMs / 1_000} seconds`
      : `exit code ${end.exitCode ?? end.signal ?? "unknown"}`;
    const { output, ...details } = end;
    const text = `${output.trimEnd() === "" ? "(no output)" : output.trimEnd()}\n[${how}]`;
    return { text, details, isError: end.timedOut || end.exitCode !== 0 };
  } catch (error) {
    signal.throwIfAborted();
    return failed(`${program} could not be started: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function harmless(environment: ExecOptions["environment"], directories: readonly string[]): Record<string, string> {
  const kept = INHERITED.flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(kept), PATH: directories.join(":"), TERM: "dumb" };
}
