import type { ButtonRows, ChannelCapabilities } from "@openclaw/channels-contract";

import { GatewayError } from "../errors.ts";
import type { StoredContent, StoredMedia } from "./content.ts";

/** Throws INVALID_REQUEST for content that a channel does not take, with its limit. Asked before anything is queued. */
export function assertTakes(channel: string, capabilities: ChannelCapabilities, content: StoredContent): void {
  const problem = findProblem(capabilities, content);
  if (problem === undefined) return;
  throw new GatewayError("INVALID_REQUEST", `${channel} ${problem}`, { details: { reason: "unsupported-content" } });
}

function findProblem(capabilities: ChannelCapabilities, content: StoredContent): string | undefined {
  const { outbound = {}, maxTextLength } = capabilities;
  switch (content.kind) {
    case "text":
      return buttonProblem(outbound.buttons, content.buttons);
    case "media":
      return mediaProblem(outbound.media, content) ?? buttonProblem(outbound.buttons, content.buttons);
    case "edit":
      if (outbound.edit !== true) return "can not edit messages";
      if (content.text.trim() === "") return "needs a text to put in place of the old one";
      if (content.text.length > maxTextLength) return textProblem("a text", content.text, maxTextLength);
      return buttonProblem(outbound.buttons, content.buttons);
    case "delete":
      return outbound.delete === true ? undefined : "can not delete messages";
    case "reaction":
      return outbound.reaction === true ? undefined : "can not react to messages";
    case "poll":
      return pollProblem(outbound.poll, content);
  }
}

type Limits = NonNullable<ChannelCapabilities["outbound"]>;

function mediaProblem(limits: Limits["media"], content: StoredMedia): string | undefined {
  if (limits === undefined) return "can not send files";
  if (!limits.kinds.includes(content.media)) return `can not send files of the kind ${content.media}`;
  const { caption = "" } = content;
  return caption.length > limits.maxCaptionLength
    ? textProblem("a caption", caption, limits.maxCaptionLength)
    : undefined;
}

function buttonProblem(limits: Limits["buttons"], rows: ButtonRows | undefined): string | undefined {
  const buttons = rows?.flat() ?? [];
  if (buttons.length === 0) return undefined;
  if (limits === undefined) return "can not show buttons";
  if (buttons.length > limits.maxButtons)
    return `shows at most ${limits.maxButtons} buttons; these are ${buttons.length}`;
  for (const button of buttons) {
    if (button.text.trim() === "") return "needs a text on every button";
    const bytes = "data" in button ? Buffer.byteLength(button.data) : 1;
    if (bytes === 0 || bytes > limits.maxDataBytes) {
      return `takes 1 to ${limits.maxDataBytes} bytes of data per button; "${button.text}" has ${bytes}`;
    }
  }
  return undefined;
}

function pollProblem(
  limits: Limits["poll"],
  { question, options }: Extract<StoredContent, { kind: "poll" }>,
): string | undefined {
  if (limits === undefined) return "can not ask polls";
  const { minOptions, maxOptions, maxQuestionLength, maxOptionLength } = limits;
  if (question.trim() === "") return "needs a question";
  if (question.length > maxQuestionLength) return textProblem("a question", question, maxQuestionLength);
  if (options.length < minOptions || options.length > maxOptions) {
    return `takes ${minOptions} to ${maxOptions} options; these are ${options.length}`;
  }
  const bad = options.find((option) => option.trim() === "" || option.length > maxOptionLength);
  return bad === undefined ? undefined : `takes options of 1 to ${maxOptionLength} characters`;
}

function textProblem(what: string, text: string, limit: number): string {
  return `takes ${what} of at most ${limit} characters; this one has ${text.length}`;
}
