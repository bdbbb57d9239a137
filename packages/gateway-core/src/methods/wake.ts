import { GatewayError } from "../errors.ts";
import { defineHandler } from "./define.ts";

export const wake = defineHandler("wake", async ({ text, mode }, { scheduled }) => {
  const line = text.trim();
  if (line === "") throw new GatewayError("INVALID_REQUEST", "invalid wake params: text must not be empty");
  await scheduled.wake(line, mode);
  return { ok: true as const };
});
