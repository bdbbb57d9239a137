import type { LogFields, Logger } from "@openclaw/gateway-core";
import { expect, it } from "vitest";

import { TrafficLog } from "../src/run/traffic-log.ts";

/** A log that keeps its lines. */
function recorder(lines: string[], subsystem = ""): Logger {
  const at = (level: string) => (message: string, fields?: LogFields) => {
    lines.push(
      [level, subsystem, message, fields === undefined ? "" : JSON.stringify(fields)].filter(Boolean).join(" "),
    );
  };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    child: (name) => recorder(lines, name),
  };
}

it("R1.5 lifts what clients do to info level, in full or on one short line, and leaves the rest", () => {
  const request = { method: "health", id: "r1", durationMs: 1.25 };
  const lines: string[] = [];
  const full = new TrafficLog(recorder(lines), "full");
  full.debug("request", request);
  full.debug("something else");
  const compact = new TrafficLog(recorder(lines), "compact").child("gateway");
  compact.debug("request", request);
  compact.debug("request refused", { ...request, code: "FORBIDDEN", reason: "missing scope" });
  compact.debug("a client connected", { client: "cli" });
  compact.debug("event", { event: "health", receivers: 2 });
  compact.error("broken");
  expect(lines).toEqual([
    `info request ${JSON.stringify(request)}`,
    "debug something else {}",
    "info gateway health 1.25 ms",
    "info gateway health 1.25 ms refused: FORBIDDEN missing scope",
    "info gateway a client connected: cli",
    "info gateway event: health",
    "error gateway broken",
  ]);
});
