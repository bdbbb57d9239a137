import * as z from "zod";

import { flag, later, secretText, text, whole } from "./notes.ts";

const API_NAMES = [
  "openai-completions",
  "openai-responses",
  "anthropic-messages",
  "google-generative-ai",
  "bedrock-converse-stream",
] as const;

const price = z.number().nonnegative().default(0).describe("US dollars for a million tokens.");

const model = z.strictObject({
  id: text("The id the provider knows it by."),
  name: text("Display name; the id without it.").optional(),
  api: z.enum(API_NAMES).optional().describe("Overrides the provider's api."),
  reasoning: flag("The model thinks before it answers.").default(false),
  input: z
    .array(z.enum(["text", "image"]))
    .default(["text"])
    .describe("What the model takes in."),
  cost: z
    .strictObject({ input: price, output: price, cacheRead: price, cacheWrite: price })
    .prefault({})
    .describe("Prices."),
  contextWindow: whole(1, 100_000_000, "Context window in tokens.").default(200_000),
  maxTokens: whole(1, 100_000_000, "Longest answer in tokens.").default(8192),
  headers: z.record(z.string(), secretText("Header value.")).optional().describe("HTTP headers sent for this model."),
});

const provider = z.strictObject({
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("Address of the API; the provider's own without it."),
  apiKey: secretText(
    "The key; the provider's environment variable, for example OPENAI_API_KEY, without it.",
  ).optional(),
  api: z.enum(API_NAMES).optional().describe("The protocol the provider speaks; follows from well-known provider ids."),
  headers: z
    .record(z.string(), secretText("Header value."))
    .optional()
    .describe("HTTP headers sent with each request."),
  authHeader: flag("Send the key as a bearer header, also where the api has a header of its own for it.").optional(),
  models: z.array(model).default([]).describe("Models that are not in the built-in catalog."),
  auth: later(text("How to authenticate, for example aws-sdk."), "api-key"),
});

/** `models`: providers and their models. */
export const modelsSchema = z.strictObject({
  providers: z.record(z.string(), provider).default({}).describe("Providers by id, for example openai."),
  mode: later(z.enum(["merge", "replace"]), "merge"),
  bedrockDiscovery: later(z.looseObject({ enabled: z.boolean().optional() }), { enabled: false }),
});
