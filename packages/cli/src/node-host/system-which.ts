import { findProgram } from "@openclaw/exec-host";

import { isRecord } from "../records.ts";
import { type Machine, NodeCommandError, programDirectories } from "./machine.ts";

const MAX_NAMES = 256;

/** Which of some programs there are, and where. Names alone: a node does not say what stands at a path. */
export async function systemWhich(machine: Machine, params: unknown): Promise<{ bins: Record<string, string> }> {
  const names: unknown = isRecord(params) ? params["bins"] : undefined;
  if (!Array.isArray(names) || names.length > MAX_NAMES || !names.every((name) => typeof name === "string")) {
    throw new NodeCommandError("INVALID_REQUEST", `bins must be a list of at most ${MAX_NAMES} names of programs`);
  }
  const places = { workdir: "/", directories: programDirectories(machine) };
  const bins: Record<string, string> = {};
  for (const name of names as readonly string[]) {
    if (name === "" || name.includes("/") || name.includes("\0")) continue;
    const path = await findProgram(name, places);
    if (path !== undefined) bins[name] = path;
  }
  return { bins };
}
