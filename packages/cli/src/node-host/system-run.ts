import { isAbsolute } from "node:path";

import {
  type ApprovalAnswer,
  type ApprovalQuestion,
  CommandError,
  Gatekeeper,
  type GateResult,
  programEnvironment,
  type ProgramEnd,
  runProgram,
  SAFE_PROGRAMS,
} from "@openclaw/exec-host";

import { type Machine, NodeCommandError, programDirectories } from "./machine.ts";
import { readRunRequest, type RunRequest } from "./run-request.ts";

/** How a run ended, as clients of both generations read it. */
export interface RunResult {
  readonly exitCode: number | null;
  readonly timedOut: boolean;
  readonly success: boolean;
  readonly stdout: string;
  readonly stderr: string;
  readonly error: string | null;
  /** Variables that were asked for and not passed on. */
  readonly ignoredEnv?: readonly string[];
}

/** What a node tells the gateway of a run. */
export interface RunReport {
  readonly event: "exec.finished" | "exec.denied";
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface RunSurroundings {
  readonly machine: Machine;
  /** Asks the gateway's operators, who have until then. */
  readonly ask: (question: ApprovalQuestion, request: RunRequest, signal: AbortSignal) => Promise<ApprovalAnswer>;
  readonly report: (report: RunReport) => void;
  /** What the gateway waits for an answer, in milliseconds. */
  readonly timeLeftMs: number;
}

const MAX_OUTPUT_BYTES = 200_000;
const MAX_REPORTED = 20_000;
const LONGEST_RUN_MS = 3_600_000;

/** Runs a program on this machine, where its rules or an operator allow it. Throws NodeCommandError. */
export async function systemRun(
  params: unknown,
  surroundings: RunSurroundings,
  signal: AbortSignal,
): Promise<RunResult> {
  const { machine, report, ask } = surroundings;
  const request = readRunRequest(params);
  const gate = new Gatekeeper({
    approvals: machine.approvals,
    host: () => ({ security: "allowlist", ask: "on-miss", allowlist: [], safeBins: SAFE_PROGRAMS }),
    now: () => machine.clock.now(),
    ask: (question, asked) => ask(question, request, asked),
  });
  const result = await admit(gate, request, machine, signal);
  if (result.kind === "refused") {
    report(denied(request, result));
    throw new NodeCommandError("UNAVAILABLE", `SYSTEM_RUN_DENIED: ${result.why}`);
  }
  const end = await run(result, request, surroundings, signal);
  report(finished(request, end));
  const { exitCode, timedOut, stdout, stderr } = end;
  const { dropped } = result.overrides;
  return {
    exitCode,
    timedOut,
    success: exitCode === 0 && !timedOut,
    stdout,
    stderr,
    error: timedOut ? "the command was ended, because its time was up" : null,
    ...(dropped.length === 0 ? {} : { ignoredEnv: dropped }),
  };
}

async function admit(
  gate: Gatekeeper,
  request: RunRequest,
  machine: Machine,
  signal: AbortSignal,
): Promise<GateResult> {
  const { argv, cwd = machine.homeDirectory, agentId, environment } = request;
  if (!isAbsolute(cwd)) throw new NodeCommandError("INVALID_REQUEST", "cwd must be an absolute path");
  try {
    return await gate.admit(
      { command: { argv }, agentId, environment, workdir: cwd, directories: programDirectories(machine) },
      signal,
    );
  } catch (error) {
    if (error instanceof CommandError) throw new NodeCommandError("INVALID_REQUEST", error.message);
    throw error;
  }
}

async function run(
  { command, overrides }: Extract<GateResult, { kind: "run" }>,
  request: RunRequest,
  { machine, timeLeftMs }: RunSurroundings,
  signal: AbortSignal,
): Promise<ProgramEnd> {
  const { clock, environment } = machine;
  const timeoutMs = Math.min(request.timeoutMs ?? timeLeftMs, timeLeftMs, LONGEST_RUN_MS);
  try {
    return await runProgram(
      {
        ...command.run,
        workdir: command.workdir,
        environment: programEnvironment(environment, programDirectories(machine), overrides.kept),
        timeoutMs,
        maxOutputBytes: MAX_OUTPUT_BYTES,
        clock,
      },
      signal,
      "apart",
    );
  } catch (error) {
    signal.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    throw new NodeCommandError("UNAVAILABLE", `${command.run.program} could not be started: ${reason}`);
  }
}

function denied(request: RunRequest, { why, by }: Extract<GateResult, { kind: "refused" }>): RunReport {
  const reason = by === "policy" ? "policy" : "approval-required";
  return { event: "exec.denied", payload: { ...aboutRun(request), reason, message: why } };
}

function finished(request: RunRequest, { exitCode, timedOut, stdout, stderr }: ProgramEnd): RunReport {
  const output = `${stdout}${stderr}`.trimEnd().slice(-MAX_REPORTED);
  const success = exitCode === 0 && !timedOut;
  return { event: "exec.finished", payload: { ...aboutRun(request), exitCode, timedOut, success, output } };
}

function aboutRun({ sessionKey = "node", runId, argv }: RunRequest): Readonly<Record<string, unknown>> {
  return { sessionKey, ...(runId === undefined ? {} : { runId }), host: "node", command: argv.join(" ") };
}
