import { PROTOCOL_VERSION } from "@openclaw/protocol";
import type { JsonSchema } from "@openclaw/protocol/json-schema";

import type { Catalog, CollectedEvent, CollectedMethod } from "../collect.ts";
import { acceptedName, eventName, paramsName, resultName } from "../json-schema.ts";
import { pascalCase } from "../names.ts";

const CHANNEL = { $ref: "#/channels/controlPlane" };

/** The AsyncAPI 3 document of the WebSocket. The shapes are those of protocol.schema.json, which lies beside it. */
export function renderAsyncApi(catalog: Catalog): string {
  const messages = merged([...catalog.methods.map(methodMessages), ...catalog.events.map(eventMessage)]);
  const names = Object.keys(messages);
  const document = {
    asyncapi: "3.0.0",
    info: {
      title: "OpenClaw gateway control plane",
      version: `${PROTOCOL_VERSION}.0.0`,
      description:
        "Text frames of JSON over one WebSocket. The gateway sends connect.challenge first; the client's first frame is the request connect. docs/protocol.md explains the order, the versions and the errors.",
    },
    defaultContentType: "application/json",
    servers: {
      local: { host: "127.0.0.1:18789", protocol: "ws", description: "Unless it was configured otherwise." },
    },
    channels: {
      controlPlane: {
        address: "/",
        description: "Any path will do.",
        messages: Object.fromEntries(names.map((name) => [name, { $ref: `#/components/messages/${name}` }])),
      },
    },
    operations: merged([...catalog.methods.map(methodOperation), ...catalog.events.map(eventOperation)]),
    components: { messages },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function methodMessages({ name, contract }: CollectedMethod): Record<string, unknown> {
  const base = pascalCase(name);
  return {
    [`${base}Request`]: message(`${name} request`, contract.summary, {
      frame: "RequestFrame",
      properties: { method: { const: name }, params: shape(paramsName(name)) },
      required: ["method"],
    }),
    ...(contract.accepted
      ? { [`${base}AcceptedResponse`]: response(`${name} accepted`, acceptedName(name), "The first of two answers.") }
      : {}),
    [`${base}Response`]: response(`${name} response`, resultName(name), "The answer, or the error."),
  };
}

function response(title: string, payload: string, summary: string): unknown {
  return message(title, summary, { frame: "ResponseFrame", properties: { payload: shape(payload) }, required: [] });
}

function eventMessage({ name, contract }: CollectedEvent): Record<string, unknown> {
  return {
    [`${pascalCase(name)}Event`]: message(`${name} event`, contract.summary, {
      frame: "EventFrame",
      properties: { event: { const: name }, payload: shape(eventName(name)) },
      required: ["event"],
    }),
  };
}

interface FrameShape {
  readonly frame: string;
  readonly properties: Readonly<Record<string, JsonSchema>>;
  readonly required: readonly string[];
}

function message(title: string, summary: string, { frame, properties, required }: FrameShape): unknown {
  return { title, summary, payload: { allOf: [shape(frame), { type: "object", properties, required }] } };
}

function shape(name: string): JsonSchema {
  return { $ref: `./protocol.schema.json#/definitions/${name}` };
}

function methodOperation({ name, contract }: CollectedMethod): Record<string, unknown> {
  const base = pascalCase(name);
  const answers = contract.accepted ? [`${base}AcceptedResponse`, `${base}Response`] : [`${base}Response`];
  return {
    [`call${base}`]: {
      action: "receive",
      channel: CHANNEL,
      summary: contract.summary,
      description: `Roles: ${contract.roles.join(", ")}. Scope: ${contract.scope ?? "none"}.`,
      messages: [inChannel(`${base}Request`)],
      reply: { channel: CHANNEL, messages: answers.map(inChannel) },
    },
  };
}

function eventOperation({ name, contract }: CollectedEvent): Record<string, unknown> {
  const base = pascalCase(name);
  return {
    [`tell${base}`]: {
      action: "send",
      channel: CHANNEL,
      summary: contract.summary,
      description: `Goes to: ${contract.roles.join(", ")}. Scope: ${contract.scope ?? "none"}.`,
      messages: [inChannel(`${base}Event`)],
    },
  };
}

function inChannel(name: string): JsonSchema {
  return { $ref: `#/channels/controlPlane/messages/${name}` };
}

function merged(parts: readonly Record<string, unknown>[]): Record<string, unknown> {
  return Object.fromEntries(parts.flatMap((part) => Object.entries(part)));
}
