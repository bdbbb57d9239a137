import { PROTOCOL_VERSION } from "@openclaw/protocol";
import type { HttpContract } from "@openclaw/protocol/contracts";
import * as z from "zod";

import type { Catalog } from "../collect.ts";
import type { SchemaDocument } from "../json-schema.ts";

/** The OpenAPI 3.1 document of what the gateway itself serves over HTTP, on the port of the WebSocket. */
export function renderOpenApi(catalog: Catalog, schema: SchemaDocument): string {
  const contracts = catalog.http.map(({ contract }) => contract);
  const used = new Set<string>();
  const paths = Object.fromEntries(
    contracts.flatMap((contract) =>
      [contract.path, ...contract.aliases].map((path) => [path, { get: operation(path, contract, used) }]),
    ),
  );
  const document = {
    openapi: "3.1.0",
    jsonSchemaDialect: "http://json-schema.org/draft-07/schema#",
    info: {
      title: "OpenClaw gateway over HTTP",
      version: `${PROTOCOL_VERSION}.0.0`,
      description:
        "What the gateway answers without a credential, for supervisors and monitors. Everything else goes over the WebSocket on the same port: see asyncapi.json. A request that carries forwarding headers of an unknown proxy is refused with 403.",
    },
    servers: [{ url: "http://127.0.0.1:18789", description: "Unless it was configured otherwise." }],
    paths,
    components: { schemas: definitionsOf(used, schema) },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function operation(path: string, contract: HttpContract, used: Set<string>): unknown {
  const answers = Object.entries(contract.answers).map(([status, { description, body }]): [string, unknown] => {
    const content =
      body === "page"
        ? { "text/html": { schema: { type: "string" } } }
        : { "application/json": { schema: { $ref: reference(definitionName(body), used) } } };
    return [status, { description, content }];
  });
  const refused = { "application/json": { schema: { $ref: reference("HttpError", used) } } };
  return {
    operationId: path === "/" ? "frontPage" : path.slice(1),
    summary: contract.summary,
    security: [],
    responses: {
      ...Object.fromEntries(answers),
      "403": { description: "The request came through a proxy that is not trusted.", content: refused },
    },
  };
}

/** Throws when a body is no named type. */
export function definitionName(body: z.ZodType): string {
  const name = z.globalRegistry.get(body)?.id;
  if (name === undefined) throw new Error("The body of an HTTP answer must be a named type.");
  return name;
}

function reference(name: string, used: Set<string>): string {
  used.add(name);
  return `#/components/schemas/${name}`;
}

/** The named definitions and all that they refer to, with references that lead to each other. */
function definitionsOf(names: ReadonlySet<string>, schema: SchemaDocument): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  const open = [...names];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (name in found) continue;
    const text = JSON.stringify(schema.definitions[name]);
    found[name] = JSON.parse(text.replaceAll("#/definitions/", "#/components/schemas/"));
    open.push(...[...text.matchAll(/#\/definitions\/(\w+)/g)].map(([, other]) => other ?? ""));
  }
  return Object.fromEntries(Object.entries(found).sort(([left], [right]) => (left < right ? -1 : 1)));
}
