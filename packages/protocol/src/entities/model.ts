import * as z from "zod";

import { count, identifier, json, line } from "./primitives.ts";

export const modelInfo = z
  .object({
    id: identifier,
    name: line,
    provider: identifier,
    contextWindow: count.optional().describe("Tokens."),
    reasoning: z.boolean().optional(),
    input: z.array(z.string()).optional().describe("What it reads: text, image."),
    tags: z.array(z.string()).optional(),
    available: z.boolean().optional().describe("False when its credentials are missing."),
  })
  .meta({ id: "ModelInfo", description: "A model that a turn can use." });

export const agentIdentity = z
  .object({
    name: line.optional(),
    emoji: line.optional(),
    theme: line.optional(),
    avatar: z.string().optional(),
    avatarUrl: z.string().optional(),
  })
  .meta({ id: "AgentIdentity", description: "How an agent presents itself." });

export const agentRow = z
  .object({
    id: identifier,
    name: line.optional(),
    identity: agentIdentity.optional(),
    workspace: z.string().optional(),
    model: z.object({ primary: z.string(), fallbacks: z.array(z.string()).optional() }).optional(),
    agentRuntime: json.optional(),
  })
  .meta({ id: "AgentRow", description: "One configured agent." });
