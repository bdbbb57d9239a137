import type { EventLoopHealth } from "@openclaw/protocol";
import type { FastifyInstance } from "fastify";

import { refuseOtherMethods, sendJson } from "./http-routes.ts";

/** What the probes tell. They need no credential, so they hold nothing that is not for everyone. */
export interface ProbeSources {
  readonly version: string;
  readonly uptimeMs: () => number;
  /** False while the gateway is still coming up. */
  readonly hasStarted: () => boolean;
  /** Names of the parts that do not work. */
  readonly failing: () => readonly string[];
  readonly eventLoop: () => EventLoopHealth | undefined;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

const LIVE: Answer = { status: 200, body: JSON.stringify({ ok: true, status: "live" }) };

/**
 * Liveness, readiness and start-up, for supervisors and load balancers. Liveness says only that the process answers:
 * a gateway with a broken channel must not be restarted for it. Source: wire facts 21.5.
 */
export function addProbes(app: FastifyInstance, sources: ProbeSources): void {
  const probes: Readonly<Record<string, () => Answer>> = {
    "/healthz": () => LIVE,
    "/health": () => LIVE,
    "/readyz": () => readiness(sources),
    "/ready": () => readiness(sources),
    "/startupz": () => startup(sources),
  };
  for (const [path, answer] of Object.entries(probes)) {
    app.get(path, (_request, reply) => {
      const { status, body } = answer();
      return sendJson(reply, status, body);
    });
    refuseOtherMethods(app, path, ["GET"]);
  }
}

function readiness({ hasStarted, failing, uptimeMs, eventLoop }: ProbeSources): Answer {
  const parts = hasStarted() ? failing() : ["startup"];
  const ready = parts.length === 0;
  return {
    status: ready ? 200 : 503,
    body: JSON.stringify({ ready, failing: parts, uptimeMs: uptimeMs(), eventLoop: eventLoop() }),
  };
}

function startup({ hasStarted, version, uptimeMs }: ProbeSources): Answer {
  const ok = hasStarted();
  return {
    status: ok ? 200 : 503,
    body: JSON.stringify({ ok, status: ok ? "started" : "starting", version, uptimeMs: uptimeMs() }),
  };
}
