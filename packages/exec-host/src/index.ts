export {
  allowlistOf,
  EMPTY_APPROVALS,
  parseApprovals,
  rulesOf,
  withEntry,
  withoutEntry,
  withoutSecrets,
} from "./approvals/approvals-file.ts";
export type {
  AgentApprovals,
  AllowlistEntry,
  ApprovalRules,
  ExecApprovalsFile,
  ExecAsk,
  ExecSecurity,
} from "./approvals/approvals-file.ts";
export { ApprovalsStore } from "./approvals/approvals-store.ts";
export type { ApprovalsSnapshot } from "./approvals/approvals-store.ts";
export { decide, matchesProgram, policyFor } from "./approvals/decide.ts";
export type { ExecPolicy, Verdict } from "./approvals/decide.ts";
export { Gatekeeper } from "./gatekeeper.ts";
export type { ApprovalAnswer, ApprovalQuestion, GateRequest, GateResult, GatekeeperOptions } from "./gatekeeper.ts";
export { filterOverrides, programEnvironment } from "./command/environment.ts";
export type { Overrides } from "./command/environment.ts";
export { examine, shellLineOf } from "./command/examine.ts";
export type { CommandPlaces, ExaminedCommand, FoundProgram, WantedCommand } from "./command/examine.ts";
export { findProgram, pathDirectories } from "./command/find-program.ts";
export type { ProgramPlaces } from "./command/find-program.ts";
export { SAFE_PROGRAMS } from "./command/safe-programs.ts";
export { parseShellLine } from "./command/shell-line.ts";
export type { ShellLine, ShellSegment } from "./command/shell-line.ts";
export { displayCommand, displayWords, visibleText } from "./command/visible.ts";
export { ApprovalsFileError, CommandError } from "./errors.ts";
export type { ApprovalsFailure } from "./errors.ts";
export { runProgram } from "./run/run-program.ts";
export type { ProgramEnd, ProgramRun, RunClock } from "./run/run-program.ts";
