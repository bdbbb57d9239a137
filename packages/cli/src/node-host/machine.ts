import { type ApprovalsStore, pathDirectories, type RunClock } from "@openclaw/exec-host";

/** What the commands of a node work on. */
export interface Machine {
  readonly approvals: ApprovalsStore;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly homeDirectory: string;
  readonly clock: RunClock & { now(): number };
}

/** Where a node looks for programs: its own PATH, whatever a request says. */
export function programDirectories({ environment }: Machine): readonly string[] {
  return pathDirectories(environment["PATH"]);
}

export const systemClock: Machine["clock"] = {
  now: () => Date.now(),
  setTimeout: (callback, delayMs) => {
    const timer = setTimeout(callback, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};

/** A command that a node does not carry out: what the gateway is told. */
export class NodeCommandError extends Error {
  override readonly name = "NodeCommandError";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
