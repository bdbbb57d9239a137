import type { Tool } from "@openclaw/gateway-core/ports";

import { messageTool } from "./message.ts";
import { sessionStatusTool } from "./session-status.ts";
import { sessionsListTool } from "./sessions-list.ts";

/** The tools that every gateway can offer its agent: they need nothing but the gateway's own methods. */
export function builtInTools(): readonly Tool[] {
  return [sessionStatusTool, sessionsListTool, messageTool];
}
