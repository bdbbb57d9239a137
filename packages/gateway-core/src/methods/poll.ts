import { defineHandler } from "./define.ts";
import { deliver } from "./delivery.ts";
import { sendTarget } from "./send-target.ts";

export const poll = defineHandler("poll", async (params, context) => {
  const { to, channel, accountId, threadId, question, options, maxSelections, silent } = params;
  const place = sendTarget(context, {
    to,
    ...(channel === undefined ? {} : { channel }),
    ...(accountId === undefined ? {} : { accountId }),
    ...(threadId === undefined ? {} : { threadId }),
  });
  const multiple = (maxSelections ?? 1) > 1;
  const content = { kind: "poll" as const, question, options, multiple, ...(silent === undefined ? {} : { silent }) };
  const { answer } = await deliver(context, { method: "poll", params, place, contents: () => [content] });
  return answer();
});
