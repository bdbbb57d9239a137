import { mkdir } from "node:fs/promises";

import {
  ApprovalsStore,
  type ApprovalAnswer,
  type ApprovalQuestion,
  CommandError,
  Gatekeeper,
  type GateResult,
  pathDirectories,
  programEnvironment,
  runProgram,
  type WantedCommand,
} from "@openclaw/exec-host";
import type { Clock, Tool, ToolContext, ToolResult } from "@openclaw/gateway-core/ports";

import { numberField, textField, textListField } from "../fields.ts";
import { failed } from "../gateway-call.ts";
import type { ExecSettings } from "./exec-settings.ts";

export interface ExecOptions {
  readonly clock: Clock;
  /** Asked at every call. */
  readonly settings: () => ExecSettings;
  /** The gateway's environment; programs get a few harmless variables of it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where an agent's programs run unless a call says otherwise. */
  readonly workspace: (agentId: string) => string;
  /** The path of `exec-approvals.json`, which may narrow the settings and list more programs. */
  readonly approvalsFile: string;
}

const MAX_ARGUMENTS = 256;
const MAX_OUTPUT_BYTES = 65_536;

/** Runs programs on the gateway's machine. Off unless the configuration switches it on. */
export function execTool(options: ExecOptions): Tool {
  const approvals = new ApprovalsStore(options.approvalsFile);
  return {
    name: "exec",
    description:
      "Runs a program on the gateway's machine and gives its output. Give either command, which no shell reads, or shell for pipes and chains (|, &&, ||, ;) of plain words. What the operator has not listed waits for an operator's approval.",
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
        shell: { type: "string", description: 'A line of shell, in place of command: "cat notes.txt | head -5".' },
        workdir: { type: "string", description: "The directory to run it in; your workspace when left out." },
        timeout: { type: "number", minimum: 1, description: "Seconds after which it is ended." },
      },
      additionalProperties: false,
    },
    sideEffects: true,
    execute: (input, context, signal) => execute(input, { options, approvals, context, signal }),
  };
}

interface Call {
  readonly options: ExecOptions;
  readonly approvals: ApprovalsStore;
  readonly context: ToolContext;
  readonly signal: AbortSignal;
}

async function execute(input: unknown, call: Call): Promise<ToolResult> {
  const { options, context, signal } = call;
  const settings = options.settings();
  const command = wantedCommand(input);
  if (typeof command === "string") return failed(command);
  const workdir = textField(input, "workdir") ?? (await ownDirectory(options.workspace(context.agentId)));
  const directories = [...settings.pathPrepend, ...pathDirectories(options.environment["PATH"])];
  const seconds = numberField(input, "timeout");
  const timeoutMs =
    seconds === undefined || seconds < 1 ? settings.timeoutMs : Math.min(seconds * 1_000, settings.timeoutMs);
  try {
    const gate = gatekeeper(call, settings);
    const result = await gate.admit({ command, agentId: context.agentId, workdir, directories }, signal);
    return result.kind === "refused"
      ? failed(`Not run: ${result.why}.`)
      : await runAdmitted(result, { options, directories, timeoutMs, signal });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof CommandError) return failed(`Not run: ${error.message}.`);
    throw error;
  }
}

/** An agent's workspace is there as soon as it is worked in. */
async function ownDirectory(workspace: string): Promise<string> {
  await mkdir(workspace, { recursive: true, mode: 0o700 });
  return workspace;
}

/** A text says what is wrong with the input. */
function wantedCommand(input: unknown): WantedCommand | string {
  const argv = textListField(input, "command");
  const shell = textField(input, "shell");
  if (shell !== undefined && argv.length > 0) return 'Give either "command" or "shell", not both.';
  if (shell !== undefined) return { shell };
  if (argv.length > 0 && argv[0] !== "") return { argv };
  return '"command" is required: a list of the program and its arguments; or "shell", a line of shell.';
}

function gatekeeper({ approvals, context, options }: Call, settings: ExecSettings): Gatekeeper {
  const { security, ask, allowlist, safeBins } = settings;
  return new Gatekeeper({
    approvals,
    host: () => ({ security, ask, allowlist: allowlist.map((pattern) => ({ pattern })), safeBins }),
    now: () => options.clock.now(),
    ask: (question, signal) => askOperators(question, context, settings, signal),
  });
}

/** The gateway asks its operators, and waits for them as long as it is told here. */
async function askOperators(
  question: ApprovalQuestion,
  context: ToolContext,
  settings: ExecSettings,
  signal: AbortSignal,
): Promise<ApprovalAnswer> {
  const { command, display, why, policy, agentId, mayAlways } = question;
  const [program] = command.programs;
  const { decision } = await context.call(
    "exec.approval.request",
    {
      command: display,
      cwd: command.workdir,
      host: "gateway",
      security: policy.security,
      ask: policy.ask,
      agentId,
      sessionKey: context.sessionKey,
      runId: context.runId,
      toolCallId: context.toolCallId,
      warningText: why,
      timeoutMs: settings.approvalTimeoutMs,
      ...(program === undefined ? {} : { resolvedPath: program.path }),
      ...(mayAlways ? {} : { unavailableDecisions: ["allow-always"] }),
    },
    signal,
  );
  return decision ?? undefined;
}

interface Running {
  readonly options: ExecOptions;
  readonly directories: readonly string[];
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

async function runAdmitted(
  { command: { run, workdir } }: Extract<GateResult, { kind: "run" }>,
  { options, directories, timeoutMs, signal }: Running,
): Promise<ToolResult> {
  const { clock, environment } = options;
  try {
    const end = await runProgram(
      {
        ...run,
        workdir,
        environment: programEnvironment(environment, directories),
        timeoutMs,
        maxOutputBytes: MAX_OUTPUT_BYTES,
        clock,
      },
      signal,
    );
    signal.throwIfAborted();
    const { exitCode, signal: killedBy, timedOut, output } = end;
    const how = timedOut
      ? `ended after ${timeoutMs / 1_000} seconds`
      : `exit code ${exitCode ?? killedBy ?? "unknown"}`;
    const text = `${output.trimEnd() === "" ? "(no output)" : output.trimEnd()}\n[${how}]`;
    return { text, details: { exitCode, signal: killedBy, timedOut }, isError: timedOut || exitCode !== 0 };
  } catch (error) {
    signal.throwIfAborted();
    return failed(`${run.program} could not be started: ${error instanceof Error ? error.message : String(error)}`);
  }
}
