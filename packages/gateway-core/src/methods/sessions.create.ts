import { defaultAgentId } from "../config/agent-selection.ts";
import { GatewayError } from "../errors.ts";
import { sayInSession } from "./chat.send.ts";
import { defineHandler } from "./define.ts";
import { sessionEntryOf } from "./session-entry.ts";
import { findSessionTarget } from "./session-target.ts";
import { sessionsPatch } from "./sessions.patch.ts";

export const sessionsCreate = defineHandler("sessions.create", async (params, context) => {
  const { config, ids, agent, sessions, sessionWatch } = context;
  const { label, model, thinkingLevel, message } = params;
  const wanted = params.agentId ?? defaultAgentId(config.current);
  const target = await findSessionTarget(context, params.key ?? `agent:${wanted}:dashboard:${ids.uuid()}`);
  const { sessionKey: key, agentId } = target;
  if (params.agentId !== undefined && params.agentId !== agentId) {
    throw new GatewayError(
      "INVALID_REQUEST",
      `agent "${params.agentId}" does not match session key agent "${agentId}"`,
    );
  }
  const parent = params.parentSessionKey && (await findSessionTarget(context, params.parentSessionKey)).sessionKey;
  // A patch makes the session when there is none, and refuses what a session can not have.
  await sessionsPatch(
    {
      key,
      ...(label === undefined ? {} : { label }),
      ...(model === undefined ? {} : { model }),
      ...(thinkingLevel === undefined ? {} : { thinkingLevel }),
      ...(parent ? { spawnedBy: parent } : {}),
    },
    context,
  );
  sessionWatch.changed(key, { reason: "create" });
  const said =
    message === undefined || message.trim() === ""
      ? undefined
      : await sayInSession({ sessionKey: key, message, idempotencyKey: ids.uuid() }, context);
  const session = await sessions.get(key);
  if (!session) throw new GatewayError("UNAVAILABLE", `The session ${key} was deleted meanwhile; try again.`);
  const [modelProvider = "", ...name] = (session.model ?? agent.defaultModel(agentId)).split("/");
  return {
    ok: true as const,
    key,
    sessionId: session.sessionId,
    entry: sessionEntryOf(session),
    runStarted: said !== undefined && "runId" in said,
    ...(said && "runId" in said ? { runId: said.runId } : {}),
    resolved: { modelProvider, model: name.join("/") },
  };
});
