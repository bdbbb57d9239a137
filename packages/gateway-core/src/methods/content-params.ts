import type { Button, ButtonRows } from "@openclaw/channels-contract";
import type { ParamsOf } from "@openclaw/protocol";

import { GatewayError } from "../errors.ts";
import type { UploadedBytes } from "../flow/media-flow.ts";

type SendParams = ParamsOf<"send">;

/** Buttons as a client names them. Throws INVALID_REQUEST. */
export function buttonRows(rows: SendParams["buttons"]): ButtonRows | undefined {
  const buttons = rows?.map((row) => row.map((button) => buttonOf(button))).filter((row) => row.length > 0);
  return buttons === undefined || buttons.length === 0 ? undefined : buttons;
}

type GivenButton = NonNullable<SendParams["buttons"]>[number][number];

function buttonOf({ text, data, callback_data, url }: GivenButton): Button {
  const given = data ?? callback_data;
  if (given !== undefined && url === undefined) return { text, data: given };
  if (given === undefined && url !== undefined && /^(?:https?|tg):\/\//i.test(url)) return { text, url };
  throw new GatewayError(
    "INVALID_REQUEST",
    `the button "${text}" needs either data or an http(s) or tg url; give one of them`,
  );
}

/** The bytes of a file that a client sent along, as base64 or as a data URL. Throws INVALID_REQUEST. */
export function decodeAttachment(attachment: NonNullable<SendParams["attachments"]>[number]): UploadedBytes {
  const { content, fileName, mimeType } = attachment;
  const text = typeof content === "string" ? content : "";
  const [, type, encoded] = /^data:([^;,]*)[^,]*;base64,(.*)$/s.exec(text) ?? [undefined, undefined, text];
  const base64 = (encoded ?? "").replaceAll(/\s/g, "");
  if (base64 === "" || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(base64)) {
    throw new GatewayError("INVALID_REQUEST", "an attachment needs its bytes as base64, or as a data URL, in content");
  }
  return { data: Buffer.from(base64, "base64"), mimeType: mimeType ?? (type === "" ? undefined : type), fileName };
}
