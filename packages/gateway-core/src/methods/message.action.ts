import { formatValidationErrors, paramsValidators } from "@openclaw/protocol/validators";
import * as z from "zod";

import { GatewayError } from "../errors.ts";
import type { StoredContent } from "../outbox/content.ts";
import { buttonRows } from "./content-params.ts";
import { defineHandler } from "./define.ts";
import { deliver } from "./delivery.ts";
import { sendMessage } from "./send.ts";
import { sendTarget } from "./send-target.ts";

const text = z.string().max(1_048_576);
const thread = z.union([z.string(), z.number()]);
const place = { to: text.min(1).optional(), target: text.min(1).optional(), threadId: thread.optional() };
const messageId = z.union([z.string().min(1), z.number()]).transform(String);
const button = z.object({
  text: z.string(),
  data: z.string().exactOptional(),
  callback_data: z.string().exactOptional(),
  url: z.string().exactOptional(),
});
const buttons = z.array(z.array(button)).optional();

/** What each action needs. Names that mean nothing to it are left aside: other clients send many. */
const shapes = {
  send: z.object({
    ...place,
    message: text.optional(),
    media: text.optional(),
    mediaUrl: text.optional(),
    buttons,
    replyTo: messageId.optional(),
    replyToId: messageId.optional(),
    silent: z.boolean().optional(),
  }),
  react: z.object({ ...place, messageId, emoji: text.default(""), remove: z.boolean().default(false) }),
  edit: z.object({ ...place, messageId, message: text, buttons }),
  delete: z.object({ ...place, messageId }),
  poll: z.object({
    ...place,
    pollQuestion: text,
    pollOption: z.array(text),
    pollMulti: z.boolean().default(false),
    silent: z.boolean().optional(),
  }),
};

type Shapes = { readonly [Name in keyof typeof shapes]: z.infer<(typeof shapes)[Name]> };
type ActionName = keyof Shapes;

export const messageAction = defineHandler("message.action", async (params, context) => {
  const { action, channel, accountId, idempotencyKey } = params;
  if (!isAction(action)) {
    const known = Object.keys(shapes).join(", ");
    throw new GatewayError("INVALID_REQUEST", `unsupported message action: ${action}; expected one of: ${known}`);
  }
  const where = {
    ...(channel === undefined ? {} : { channel }),
    ...(accountId === undefined ? {} : { accountId }),
  };
  if (action === "send") {
    const { to, target, replyTo, replyToId = replyTo, media, mediaUrl = media, ...rest } = read("send", params.params);
    const { sessionKey } = params;
    const request: unknown = JSON.parse(
      JSON.stringify({ ...where, ...rest, to: to ?? target, replyToId, mediaUrl, sessionKey, idempotencyKey }),
    );
    const validate = paramsValidators.send;
    if (validate(request)) return { ...(await sendMessage(request, context)), action };
    throw new GatewayError("INVALID_REQUEST", `invalid send params: ${formatValidationErrors(validate.errors)}`);
  }
  const { to, threadId } = placeOf(action, params.params);
  const address = sendTarget(context, { ...where, to, ...(threadId === undefined ? {} : { threadId }) });
  const request = { method: "message.action", params, place: address };
  const { answer } = await deliver(context, { ...request, contents: () => [contentOf(action, params.params)] });
  return { ...(await answer()), action };
});

function isAction(action: string): action is ActionName {
  return Object.hasOwn(shapes, action);
}

function read<Name extends ActionName>(action: Name, given: unknown): Shapes[Name] {
  const parsed = shapes[action].safeParse(given);
  if (parsed.success) return parsed.data as Shapes[Name];
  throw new GatewayError("INVALID_REQUEST", `invalid ${action} params: ${z.prettifyError(parsed.error)}`);
}

function placeOf(action: ActionName, given: unknown): { to: string; threadId: string | number | undefined } {
  const { to, target, threadId } = read(action, given);
  const address = to ?? target;
  if (address === undefined) throw new GatewayError("INVALID_REQUEST", `invalid ${action} params: to is required`);
  return { to: address, threadId };
}

function contentOf(action: Exclude<ActionName, "send">, given: unknown): StoredContent {
  switch (action) {
    case "react": {
      const { messageId: id, emoji, remove } = read("react", given);
      if (remove && emoji === "") throw new GatewayError("INVALID_REQUEST", "remove needs the emoji that is removed");
      return { kind: "reaction", messageId: id, emoji: remove ? "" : emoji };
    }
    case "edit": {
      const { messageId: id, message, buttons: rows } = read("edit", given);
      const keyboard = buttonRows(rows);
      return { kind: "edit", messageId: id, text: message, ...(keyboard === undefined ? {} : { buttons: keyboard }) };
    }
    case "delete":
      return { kind: "delete", messageId: read("delete", given).messageId };
    case "poll": {
      const { pollQuestion: question, pollOption: options, pollMulti: multiple, silent } = read("poll", given);
      return { kind: "poll", question, options, multiple, ...(silent === undefined ? {} : { silent }) };
    }
  }
}
