import { readFile } from "node:fs/promises";

import { CLOSE_CODES, ERROR_CODES, MINIMUM_PROTOCOL_VERSION, PROTOCOL_VERSION, SCOPES } from "@openclaw/protocol";

import type { Catalog, CollectedEvent, CollectedMethod } from "../collect.ts";
import {
  acceptedName,
  type Definition,
  eventName,
  paramsName,
  resultName,
  type SchemaDocument,
} from "../json-schema.ts";
import { definitionName } from "../documents/open-api.ts";
import { fieldRows, link, typeText } from "./type-text.ts";

interface Page {
  readonly catalog: Catalog;
  readonly definitions: Readonly<Record<string, Definition>>;
}

/** docs/protocol.md: the reference page of the wire. */
export async function renderProtocolPage(catalog: Catalog, schema: SchemaDocument): Promise<string> {
  const page: Page = { catalog, definitions: schema.definitions };
  const template = await readFile(new URL("./protocol.template.md", import.meta.url), "utf8");
  const values: Record<string, () => string> = {
    version: () => String(PROTOCOL_VERSION),
    minimumVersion: () => String(MINIMUM_PROTOCOL_VERSION),
    scopes: () => SCOPES.map((scope) => `\`${scope}\``).join(", "),
    errorCodes,
    closeCodes,
    methodIndex: () => methodIndex(catalog),
    methods: () => catalog.methods.map((method) => methodSection(page, method)).join("\n\n"),
    eventIndex: () => eventIndex(catalog),
    events: () => catalog.events.map((event) => eventSection(page, event)).join("\n\n"),
    types: () => typeSections(page),
    http: () => httpTable(page),
  };
  const text = template.replaceAll(/\{\{([^}]+)\}\}/g, (_match, key: string) => {
    const [kind, part, name] = key.split(":");
    if (kind === "fields" && part) return fieldTable(definition(page, part));
    if (kind === "example" && part && name) return example(catalog, part, name);
    const render = values[key];
    if (!render) throw new Error(`protocol.template.md asks for "${key}", which does not exist.`);
    return render();
  });
  return text.replaceAll(/\n{3,}/g, "\n\n");
}

function definition(page: Page, name: string): Definition {
  const found = page.definitions[name];
  if (!found) throw new Error(`There is no definition "${name}".`);
  return found;
}

function errorCodes(): string {
  return table(
    ["code", "try again", "HTTP", "meaning"],
    Object.entries(ERROR_CODES).map(([code, row]) => [
      `\`${code}\``,
      row.retryable ? "yes" : "no",
      String(row.httpStatus),
      row.meaning,
    ]),
  );
}

function closeCodes(): string {
  return table(
    ["code", "reason", "connect again", "meaning"],
    Object.entries(CLOSE_CODES).map(([code, row]) => [
      code,
      row.reason ?? "says what was wrong",
      row.reconnect ? "yes" : "after a change",
      row.meaning,
    ]),
  );
}

function methodIndex(catalog: Catalog): string {
  return table(
    ["method", "roles", "scope", "does"],
    catalog.methods.map(({ name, contract }) => [
      `[${name}](#${anchor(name)})`,
      contract.roles.join(", "),
      contract.scope ?? "none",
      contract.summary,
    ]),
  );
}

function eventIndex(catalog: Catalog): string {
  return table(
    ["event", "goes to", "scope", "says"],
    catalog.events.map(({ name, contract }) => [
      `[${name}](#${anchor(`event ${name}`)})`,
      contract.roles.join(", "),
      contract.scope ?? "none",
      contract.summary,
    ]),
  );
}

const IDEMPOTENCY = {
  none: "none, each call is made anew",
  key: "by `idempotencyKey`",
  natural: "doing it twice is the same as doing it once",
} as const;

function methodSection(page: Page, { name, contract }: CollectedMethod): string {
  const parameters = definition(page, paramsName(name));
  const facts = [
    `Roles: ${contract.roles.join(", ")}. Scope: ${contract.scope ? `\`${contract.scope}\`` : "none"}.`,
    `Idempotency: ${IDEMPOTENCY[contract.idempotency]}.`,
    contract.errors.length > 0 ? `Errors besides the general ones: ${contract.errors.join(", ")}.` : "",
    contract.handshake ? "Valid as the first frame only." : "",
  ];
  return [
    `### ${name}`,
    contract.summary,
    facts.filter(Boolean).join(" "),
    fieldRows(parameters).length > 0 ? `Parameters:\n\n${fieldTable(parameters)}` : "Parameters: none.",
    contract.accepted ? `First answer:\n\n${shape(page, acceptedName(name))}` : "",
    `${contract.accepted ? "Second answer" : "Answer"}:\n\n${shape(page, resultName(name))}`,
    `\`\`\`json\n${example(page.catalog, "request", name)}\n${example(page.catalog, "response", name)}\n\`\`\``,
  ]
    .filter(Boolean)
    .join("\n\n");
}

function eventSection(page: Page, { name, contract }: CollectedEvent): string {
  return [
    `### Event ${name}`,
    contract.summary,
    `Goes to: ${contract.roles.join(", ")}. Scope: ${contract.scope ? `\`${contract.scope}\`` : "none"}. ` +
      (contract.droppable ? "A slow client loses it first." : "Never dropped."),
    shape(page, eventName(name)),
    `\`\`\`json\n${example(page.catalog, "event", name)}\n\`\`\``,
  ].join("\n\n");
}

/** Types that no method or event section shows already. */
function httpTable({ catalog }: Page): string {
  return table(
    ["path", "answers", "says"],
    catalog.http.map(({ contract }) => [
      [contract.path, ...contract.aliases].map((path) => `\`${path}\``).join(", "),
      Object.entries(contract.answers)
        .map(([status, { body }]) => `${status} ${body === "page" ? "HTML" : link(definitionName(body))}`)
        .join(", "),
      contract.summary,
    ]),
  );
}

function typeSections(page: Page): string {
  const shown = new Set([
    ...page.catalog.methods.flatMap(({ name }) => [paramsName(name), resultName(name), acceptedName(name)]),
    ...page.catalog.events.map(({ name }) => eventName(name)),
    "RequestFrame",
    "ResponseFrame",
    "EventFrame",
  ]);
  const entities = new Set(page.catalog.entities.map(({ name }) => name));
  return Object.entries(page.definitions)
    .filter(([name]) => entities.has(name) || !shown.has(name))
    .map(([name, schema]) =>
      [`### Type ${name}`, schema.description ?? "", fieldsOrType(schema)].filter(Boolean).join("\n\n"),
    )
    .join("\n\n");
}

/** A definition's fields, or a link when it is a shared type. */
function shape(page: Page, name: string): string {
  if (page.catalog.entities.some((entity) => entity.name === name)) return link(name);
  return fieldsOrType(definition(page, name));
}

function fieldsOrType(schema: Definition): string {
  return "properties" in schema ? fieldTable(schema) : typeText(schema);
}

function fieldTable(schema: Definition): string {
  return table(
    ["field", "type", "", "meaning"],
    fieldRows(schema).map((row) => [`\`${row.name}\``, row.type, row.required ? "required" : "", row.meaning]),
  );
}

function example(catalog: Catalog, kind: string, name: string): string {
  const method = catalog.methods.find((candidate) => candidate.name === name)?.contract;
  const event = catalog.events.find((candidate) => candidate.name === name)?.contract;
  if (kind === "request" && method) {
    return json({ type: "req", id: "1", method: name, params: method.example.params });
  }
  if (kind === "response" && method) return json({ type: "res", id: "1", ok: true, payload: method.example.result });
  if (kind === "event" && event) return json({ type: "event", event: name, payload: event.example });
  throw new Error(`There is no ${kind} "${name}" to show.`);
}

/** One line as on the wire where that is readable, indented where it is not. */
function json(frame: unknown): string {
  const line = JSON.stringify(frame);
  return line.length <= 200 ? line : JSON.stringify(frame, null, 2);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, "")
    .replaceAll(" ", "-");
}
