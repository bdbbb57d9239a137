import { access, mkdir, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";

import { CliError, type ProfileSelection, type SetUpOptions, type SetUpResult } from "@openclaw/cli";
import { type Environment, writeNewConfig } from "@openclaw/gateway-core/config";

import { completeConfig } from "./complete-config.ts";
import { locate, readProfile } from "./locate.ts";
import { moveAside } from "./reset.ts";
import { WORKSPACE_FILES } from "./workspace-files.ts";

type Created = SetUpResult["created"][number];

/**
 * Makes what a profile lacks: state directory (0700), configuration (0600, local, loopback, a generated token), and
 * workspace. What is there stays as it is; a plain JSON configuration gets the keys it lacks (contract row R3.7).
 */
export async function setUp(
  selection: ProfileSelection,
  options: SetUpOptions,
  environment: Environment,
): Promise<SetUpResult> {
  const before = await readProfile(selection, environment);
  const { paths } = before;
  try {
    const movedTo = options.reset === true ? await moveAside(before) : undefined;
    const created: Created[] = [];
    const kept: string[] = [];
    if (!(await exists(paths.stateDir))) {
      await mkdir(paths.stateDir, { recursive: true, mode: 0o700 });
      created.push({ what: "state", path: paths.stateDir });
    }
    const workspace = options.workspace === undefined ? undefined : absolute(options.workspace);
    const written = await writeNewConfig(paths, {
      ...(workspace === undefined ? {} : { workspace }),
      ...(options.port === undefined ? {} : { port: options.port }),
    });
    if (written.created) created.push({ what: "configuration", path: written.path });
    const notes = written.created ? [] : await completeConfig(await readProfile(selection, environment));
    if (!written.created) kept.push(written.path);
    const location = await locate(selection, environment);
    if (workspace !== undefined && workspace !== location.workspaceDir) {
      notes.push(`The workspace stays ${location.workspaceDir}: agents.defaults.workspace in ${written.path} says so.`);
    }
    await seedWorkspace(location.workspaceDir, created, kept);
    return { location, created, kept, notes, ...(movedTo === undefined ? {} : { movedTo }) };
  } catch (error) {
    throw setUpFailure(error);
  }
}

async function seedWorkspace(directory: string, created: Created[], kept: string[]): Promise<void> {
  if (!(await exists(directory))) {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    created.push({ what: "workspace", path: directory });
  }
  for (const [name, text] of WORKSPACE_FILES) {
    const path = join(directory, name);
    if (await createFile(path, text)) created.push({ what: "workspace file", path });
    else kept.push(path);
  }
}

/** Writes a file unless there is one of that name; says whether it did. */
async function createFile(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function absolute(path: string): string {
  if (path === "~" || path.startsWith("~/")) return join(homedir(), path.slice(1));
  return isAbsolute(path) ? path : resolve(path);
}

/** A file system that says no is told with the path it said no to. */
function setUpFailure(error: unknown): unknown {
  if (!(error instanceof Error) || !("path" in error) || !("code" in error)) return error;
  return new CliError(
    "failure",
    `Could not write ${String(error.path)}: ${error.message}`,
    "Make the place writable, or choose another one with OPENCLAW_STATE_DIR.",
    { cause: error },
  );
}
