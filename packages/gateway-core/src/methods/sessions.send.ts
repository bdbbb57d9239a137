import type { ParamsOf } from "@openclaw/protocol";

import { sayInSession } from "./chat.send.ts";
import { type CallContext, defineHandler } from "./define.ts";

export const sessionsSend = defineHandler("sessions.send", (params, context) => sayByKey(params, context));

/** As chat.send, with the names that protocol 4 has for the same parameters. */
export function sayByKey(
  { key, message, thinking, attachments, timeoutMs, idempotencyKey }: ParamsOf<"sessions.send">,
  context: CallContext,
) {
  return sayInSession(
    {
      sessionKey: key,
      message,
      ...(thinking === undefined ? {} : { thinking }),
      ...(attachments === undefined ? {} : { attachments }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      idempotencyKey,
    },
    context,
  );
}
