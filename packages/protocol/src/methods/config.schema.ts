import * as z from "zod";

import { configUiHint } from "../entities/config.ts";
import { jsonObject, line } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

export const configSchema = defineMethod({
  name: "config.schema",
  summary: "The JSON Schema (draft 7) of the configuration file, with hints for forms.",
  roles: ["operator"],
  scope: "operator.read",
  params: z.strictObject({}),
  result: z.object({
    schema: jsonObject,
    uiHints: z.record(z.string(), configUiHint).describe("By path; * stands for a name or position of one's own."),
    version: line,
    generatedAt: line.describe("ISO 8601."),
  }),
  idempotency: "none",
  errors: [],
  example: {
    params: {},
    result: {
      schema: { $schema: "http://json-schema.org/draft-07/schema#", type: "object", title: "OpenClawConfig" },
      uiHints: { "gateway.auth.token": { label: "Token", sensitive: true } },
      version: "2026.11.0",
      generatedAt: "2026-11-24T12:00:00.000Z",
    },
  },
});
