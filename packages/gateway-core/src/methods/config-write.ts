import type { ParamsOf, ResultOf } from "@openclaw/protocol";

import type { CallContext } from "./define.ts";

type Applied = "config.apply" | "config.patch";

/** Writes, and says what has to happen for the change to take effect. */
export async function writeConfig(
  method: Applied,
  { raw, baseHash, sessionKey, note }: ParamsOf<Applied>,
  { configEditor, clock, log }: CallContext,
): Promise<ResultOf<Applied>> {
  const { path, hash, config, changedPaths, requiresRestart } = await configEditor.write({ method, raw, baseHash });
  log.info("the configuration file was changed", { method, changedPaths, note });
  return {
    ok: true,
    path,
    hash,
    config,
    changedPaths,
    requiresRestart,
    restart: { ok: false, pid: process.pid, delayMs: 0, reason: method, mode: "manual" },
    sentinel: {
      persisted: false,
      payload: {
        kind: method.replace(".", "-"),
        status: "ok",
        ts: clock.now(),
        ...(sessionKey === undefined ? {} : { sessionKey }),
        ...(note === undefined ? {} : { message: note }),
        requiresRestart,
        stats: { mode: method, root: path },
      },
    },
  };
}
