import { defineHttp } from "../define.ts";
import { liveness } from "../entities/probe.ts";

/** Source: wire facts 21.5. */
export const healthz = defineHttp({
  path: "/healthz",
  aliases: ["/health"],
  summary: "Liveness, for supervisors: the process answers.",
  answers: { 200: { description: "It does.", body: liveness } },
});
