import * as z from "zod";

import { flag, text, texts } from "./notes.ts";

/** `approvals`: who is told in chats that a command waits for an operator. Source: facts 7.4. */
export const approvalsSchema = () =>
  z.strictObject({
    exec: z
      .strictObject({
        enabled: flag("Tell chats. Owners answer there with /approve.").optional(),
        mode: z
          .enum(["session", "targets", "both"])
          .optional()
          .describe("Tell the chat of the session that the command is for (the default), those in targets, or both."),
        agentFilter: texts("Only commands of these agents.").optional(),
        sessionFilter: texts("Only commands of sessions whose key has one of these in it.").optional(),
        targets: z
          .array(
            z.strictObject({
              channel: text("The channel, for example telegram."),
              to: z.union([z.string(), z.int()]).describe("The chat."),
              accountId: text("The account to send from.").optional(),
              threadId: z.union([z.string(), z.int()]).optional().describe("The topic in the chat."),
            }),
          )
          .optional()
          .describe("Chats to tell, whatever the session."),
      })
      .optional()
      .describe("Commands that agents and nodes want to run."),
  });
