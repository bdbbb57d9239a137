import { defineHttp } from "../define.ts";
import { readiness } from "../entities/probe.ts";

/** Source: wire facts 21.5. */
export const readyz = defineHttp({
  path: "/readyz",
  aliases: ["/ready"],
  summary: "Readiness, for load balancers and monitors: everything that is configured works.",
  answers: {
    200: { description: "It does.", body: readiness },
    503: { description: "The parts in `failing` do not, or the gateway is still starting.", body: readiness },
  },
});
