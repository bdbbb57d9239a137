import type { PROFILES } from "./tool-groups.ts";

/** One place's say about tools. */
export interface ToolRules {
  readonly profile?: keyof typeof PROFILES | undefined;
  readonly allow?: readonly string[] | undefined;
  readonly alsoAllow?: readonly string[] | undefined;
  readonly deny?: readonly string[] | undefined;
}

/** A chat, as far as rules about tools look at it. */
export interface ChatSubject {
  readonly channel: string;
  readonly account: string;
  readonly chatId: string;
  readonly threadId?: string | undefined;
  readonly senderId?: string | undefined;
}
