import type { ParamsOf } from "@openclaw/protocol";

import { GatewayError } from "../errors.ts";
import type { MessageBody } from "../outbox/parts.ts";
import type { Route } from "../sessions/session-store.ts";
import { buttonRows, decodeAttachment } from "./content-params.ts";
import { type CallContext, defineHandler } from "./define.ts";
import { deliver, type DeliveryAnswer } from "./delivery.ts";
import { sendTarget } from "./send-target.ts";
import { findSessionTarget } from "./session-target.ts";

export const send = defineHandler("send", (params, context) => sendMessage(params, context));

/** Sends a message, once per key. Throws GatewayError. */
export async function sendMessage(params: ParamsOf<"send">, context: CallContext): Promise<DeliveryAnswer> {
  requireContent(params);
  const { threadId, channel, accountId } = params;
  const route = sendTarget(context, {
    to: params.to,
    ...(channel === undefined ? {} : { channel }),
    ...(accountId === undefined ? {} : { accountId }),
    ...(threadId === undefined ? {} : { threadId }),
  });
  const place = { ...route, replyTo: params.replyToId };
  const { isNew, answer } = await deliver(context, {
    method: "send",
    params,
    place,
    contents: async () => context.outbox.parts(place, await bodyOf(params, context, route)),
  });
  const text = params.message?.trim() ?? "";
  if (isNew && text !== "") await recordInSession(params, context, text);
  return answer();
}

function requireContent({ message, ...params }: ParamsOf<"send">): void {
  if ((message?.trim() ?? "") !== "" || sourcesOf(params).length > 0 || (params.attachments?.length ?? 0) > 0) return;
  throw new GatewayError("INVALID_REQUEST", "invalid send params: text or media is required");
}

async function bodyOf(params: ParamsOf<"send">, context: CallContext, route: Route): Promise<MessageBody> {
  const { mediaFlow } = context;
  const { agentId } = await findSessionTarget(context, params.sessionKey ?? "main");
  const media = [];
  for (const source of sourcesOf(params)) media.push(await mediaFlow.attach(source, route, agentId));
  for (const attachment of params.attachments ?? []) {
    media.push(await mediaFlow.attachBytes(decodeAttachment(attachment), route));
  }
  const { message: text = "", silent, linkPreview } = params;
  return { text, media, buttons: buttonRows(params.buttons), silent, linkPreview };
}

function sourcesOf({ mediaUrl, mediaUrls = [] }: Pick<ParamsOf<"send">, "mediaUrl" | "mediaUrls">): string[] {
  return [...(mediaUrl === undefined ? [] : [mediaUrl]), ...mediaUrls].filter((source) => source.trim() !== "");
}

/** What was sent stands in the named session too, so that the agent knows of it. */
async function recordInSession({ sessionKey }: ParamsOf<"send">, context: CallContext, text: string): Promise<void> {
  if (sessionKey === undefined) return;
  const { store, sessions, clock } = context;
  const target = await findSessionTarget(context, sessionKey);
  await store.transaction(async (sql) => {
    const session = await sessions.touch(sql, { key: target.sessionKey, agentId: target.agentId, chatType: "direct" });
    const content = [{ type: "text" as const, text }];
    await sessions.append(sql, session.sessionId, {
      role: "assistant",
      content,
      timestamp: clock.now(),
      model: "sent",
    });
  });
}
