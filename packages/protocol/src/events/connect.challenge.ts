import * as z from "zod";

import { identifier, timestamp } from "../entities/primitives.ts";
import { defineEvent } from "../define.ts";

export const connectChallengeEvent = defineEvent({
  name: "connect.challenge",
  summary: "The first frame of every connection, before any request. A device signs the nonce.",
  scope: null,
  roles: ["operator", "node"],
  droppable: false,
  payload: z.object({
    nonce: identifier,
    ts: timestamp,
    capabilities: z.array(z.string()).optional(),
  }),
  example: { nonce: "11111111-2222-4333-8444-555555555555", ts: 1795394412625 },
});
