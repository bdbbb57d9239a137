import * as z from "zod";

/** One button under a message; `data` comes back as a message when it is tapped. */
export const messageButton = z
  .strictObject({
    text: z.string().min(1).max(256),
    data: z.string().max(1024).optional(),
    callback_data: z.string().max(1024).optional().describe("The same as data."),
    url: z.string().max(2048).optional(),
  })
  .meta({ id: "MessageButton", description: "A button under a message: it has data, or opens a url." });

export const messageButtons = z.array(z.array(messageButton).max(16)).max(32).describe("Rows of buttons.");
