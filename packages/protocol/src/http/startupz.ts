import { defineHttp } from "../define.ts";
import { startup } from "../entities/probe.ts";

/** Source: wire facts 21.5. */
export const startupz = defineHttp({
  path: "/startupz",
  aliases: [],
  summary: "Whether the gateway has finished starting.",
  answers: {
    200: { description: "It has.", body: startup },
    503: { description: "It has not; ask again in a second.", body: startup },
  },
});
