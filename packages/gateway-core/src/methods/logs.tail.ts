import { defineHandler } from "./define.ts";

/** R7.10: lines of the log file, the end of it or what follows a cursor. */
export const logsTail = defineHandler("logs.tail", async (params, { logFile }) => {
  const page = await logFile.tail(params);
  // Clients of protocol 4 take no empty name for one.
  return page.file === "" ? { ...page, file: "none: the log of this gateway goes to no file" } : page;
});
