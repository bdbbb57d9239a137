import { ApprovalsFileError, type ApprovalsSnapshot, withoutSecrets } from "@openclaw/exec-host";

import { isRecord } from "../records.ts";
import { type Machine, NodeCommandError } from "./machine.ts";

/** What may run on this machine. */
export async function getApprovals({ approvals }: Machine): Promise<ApprovalsSnapshot> {
  return told(() => approvals.read());
}

/** Replaces what may run on this machine, for an administrator of the gateway who has read it before. */
export async function setApprovals({ approvals }: Machine, params: unknown): Promise<ApprovalsSnapshot> {
  const { file, baseHash } = isRecord(params) ? params : {};
  return told(() => approvals.write(file, typeof baseHash === "string" ? baseHash : undefined));
}

async function told(work: () => Promise<ApprovalsSnapshot>): Promise<ApprovalsSnapshot> {
  try {
    const snapshot = await work();
    return { ...snapshot, file: withoutSecrets(snapshot.file) };
  } catch (error) {
    if (!(error instanceof ApprovalsFileError)) throw error;
    throw new NodeCommandError(error.reason === "unreadable" ? "UNAVAILABLE" : "INVALID_REQUEST", error.message);
  }
}
