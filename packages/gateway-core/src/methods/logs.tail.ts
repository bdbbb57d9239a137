import { defineHandler } from "./define.ts";

/** R7.10: lines of the log file, the end of it or what follows a cursor. */
export const logsTail = defineHandler("logs.tail", (params, { logFile }) => logFile.tail(params));
