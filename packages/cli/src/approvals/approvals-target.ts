import { join } from "node:path";

import type { ExecApprovalsFile } from "@openclaw/exec-host";

import type { CommandContext } from "../command.ts";
import { flag, text } from "../command-line/options.ts";
import { RPC_OPTIONS, type RpcValues } from "../command-line/rpc-options.ts";
import { CliError } from "../errors.ts";
import { connect } from "../gateway/connection.ts";
import { findNode } from "../nodes/find-node.ts";

/** Whose approvals file is meant. */
export const TARGET_OPTIONS = {
  gateway: { ...flag("--gateway", "The file of the gateway's machine, through the gateway"), conflicts: ["node"] },
  node: text("--node <node>", "The file of a node, through the gateway"),
  ...RPC_OPTIONS,
} as const;

export interface TargetValues extends RpcValues {
  readonly gateway: boolean;
  readonly node: string | undefined;
}

/** A file as it was read. */
export interface ApprovalsView {
  readonly path: string;
  readonly exists: boolean;
  readonly hash: string;
  readonly file: ExecApprovalsFile;
}

/** One machine's approvals file. Failures are CliErrors. */
export interface ApprovalsTarget extends AsyncDisposable {
  /** For people, such as "this machine". */
  readonly name: string;
  read(): Promise<ApprovalsView>;
  /** Replaces it, when it is still the one that `base` names; without, whatever it is. */
  write(file: unknown, base?: string): Promise<ApprovalsView>;
}

/** The file of this machine unless the options name another one. */
export function openTarget(context: CommandContext, options: TargetValues): Promise<ApprovalsTarget> {
  return options.gateway || options.node !== undefined ? remote(context, options) : local(context);
}

async function local({ host, selection }: CommandContext): Promise<ApprovalsTarget> {
  const [{ ApprovalsFileError, ApprovalsStore }, { stateDir }] = await Promise.all([
    import("@openclaw/exec-host"),
    host.locate(selection),
  ]);
  const store = new ApprovalsStore(join(stateDir, "exec-approvals.json"));
  const explained = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      if (!(error instanceof ApprovalsFileError)) throw error;
      const remedy =
        error.reason === "changed" ? "Read it again, and repeat the change." : "Correct it, or replace it.";
      throw new CliError("failure", `${error.message}.`, remedy, { cause: error });
    }
  };
  return {
    name: "this machine",
    read: () => explained(store.read()),
    write: (file, base) => explained(base === undefined ? store.replace(file) : store.write(file, base)),
    [Symbol.asyncDispose]: async () => {},
  };
}

async function remote(context: CommandContext, options: TargetValues): Promise<ApprovalsTarget> {
  const connection = await connect(context, options, ["operator.admin"]);
  try {
    const row = options.node === undefined ? undefined : await findNode(connection, options.node, context.self);
    const read = async (): Promise<ApprovalsView> =>
      viewOf(
        row === undefined
          ? await connection.call("exec.approvals.get", {})
          : await connection.call("exec.approvals.node.get", { nodeId: row.nodeId }),
      );
    return {
      name: row === undefined ? "the gateway" : (row.displayName ?? row.nodeId),
      read,
      write: async (file, base) => {
        const { exists, hash } = base === undefined ? await read() : { exists: true, hash: base };
        const change = { file: documentOf(file), ...(exists ? { baseHash: hash } : {}) };
        return viewOf(
          row === undefined
            ? await connection.call("exec.approvals.set", change)
            : await connection.call("exec.approvals.node.set", { nodeId: row.nodeId, ...change }),
        );
      },
      [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
    };
  } catch (error) {
    await connection[Symbol.asyncDispose]();
    throw error;
  }
}

/** Whoever has the file has checked it. */
function viewOf(answer: {
  readonly path: string;
  readonly exists: boolean;
  readonly hash: string;
  readonly file: object;
}) {
  const { path, exists, hash, file } = answer;
  return { path, exists, hash, file: file as ExecApprovalsFile };
}

function documentOf(file: unknown): Record<string, unknown> {
  if (typeof file === "object" && file !== null && !Array.isArray(file)) return { ...file };
  throw new CliError("usage", "The new file is no JSON object.", 'It begins with {"version": 1, …}.');
}
