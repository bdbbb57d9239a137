import { asRecord } from "../docs/type-text.ts";
import type { Definition } from "../json-schema.ts";
import { comment, escaped, swiftName, typeName } from "./names.ts";

/** A type as a field uses it, and the declarations it needs beside it. */
interface SwiftType {
  readonly name: string;
  /** True when null is one of its values. */
  readonly nullable: boolean;
  readonly nested: readonly string[];
  /** The only value it may have, as a Swift literal. */
  readonly constant?: string;
}

/** The Swift declaration of one definition. */
export function renderDefinition(name: string, schema: Definition): string {
  if (schema["type"] === "object" && "properties" in schema) return renderStruct(name, schema);
  if (Array.isArray(schema["enum"])) return renderEnum(name, schema["enum"], schema.description);
  if (isChoice(schema)) return renderChoice(name, schema);
  const type = swiftType(schema, name);
  return `${comment(schema.description)}public typealias ${name} = ${type.name}\n${type.nested.join("\n")}`;
}

function isChoice(schema: Definition): boolean {
  return (
    Array.isArray(schema["anyOf"]) && schema["anyOf"].filter((item) => asRecord(item)["type"] !== "null").length > 1
  );
}

/** `path` names the types that have to be declared for it, for example "ChatEventState". */
function swiftType(schema: Definition, path: string): SwiftType {
  const reference = schema["$ref"];
  if (typeof reference === "string") return plain(reference.replace("#/definitions/", ""));
  if ("const" in schema) return constantType(schema["const"]);
  if (Array.isArray(schema["enum"])) {
    return { ...plain(path), nested: [renderEnum(path, schema["enum"], schema.description)] };
  }
  if (Array.isArray(schema["anyOf"])) return unionType(schema, path);
  switch (schema["type"]) {
    case "string":
      return plain("String");
    case "integer":
      return plain("Int64");
    case "number":
      return plain("Double");
    case "boolean":
      return plain("Bool");
    case "array": {
      const item = swiftType(asRecord(schema["items"]), `${path}Item`);
      return { ...plain(`[${optional(item)}]`), nested: item.nested };
    }
    case "object": {
      if ("properties" in schema) return { ...plain(path), nested: [renderStruct(path, schema)] };
      const value = swiftType(asRecord(schema["additionalProperties"]), `${path}Value`);
      return { ...plain(`[String: ${optional(value)}]`), nested: value.nested };
    }
    default:
      return plain("JSONValue");
  }
}

function plain(name: string): SwiftType {
  return { name, nullable: false, nested: [] };
}

function optional(type: SwiftType): string {
  return type.nullable ? `${type.name}?` : type.name;
}

function constantType(value: unknown): SwiftType {
  const name = typeof value === "string" ? "String" : typeof value === "boolean" ? "Bool" : undefined;
  if (!name) throw new Error(`Swift models know no constant like ${JSON.stringify(value)}.`);
  return { ...plain(name), constant: JSON.stringify(value) };
}

function unionType(schema: Definition, path: string): SwiftType {
  const all = Array.isArray(schema["anyOf"]) ? schema["anyOf"].map(asRecord) : [];
  const alternatives = all.filter((item) => item["type"] !== "null");
  const [only] = alternatives;
  if (alternatives.length === 1 && only) {
    return { ...swiftType(only, path), nullable: all.length > 1 };
  }
  return { ...plain(path), nullable: all.length > alternatives.length, nested: [renderChoice(path, schema)] };
}

interface Field {
  readonly wireName: string;
  readonly name: string;
  readonly type: string;
  readonly optional: boolean;
  readonly constant?: string;
  readonly description: unknown;
}

function renderStruct(name: string, schema: Definition): string {
  const required = Array.isArray(schema["required"]) ? schema["required"] : [];
  const nested: string[] = [];
  const fields = Object.entries(asRecord(schema["properties"])).map(([wireName, value]): Field => {
    const property = asRecord(value);
    const type = swiftType(property, name + typeName(wireName));
    nested.push(...type.nested);
    return {
      wireName,
      name: swiftName(wireName),
      type: type.name,
      optional: type.nullable || !required.includes(wireName),
      ...(type.constant === undefined ? {} : { constant: type.constant }),
      description: property.description,
    };
  });
  return [structText(name, fields, schema.description), ...nested].join("\n");
}

function structText(name: string, fields: readonly Field[], description: unknown): string {
  const properties = fields.map(
    (field) =>
      `${comment(field.description, "    ")}    public var ${escaped(field.name)}: ${field.type}${field.optional ? "?" : ""}\n`,
  );
  const parameters = fields.map((field) => {
    const fallback = field.optional ? " = nil" : field.constant === undefined ? "" : ` = ${field.constant}`;
    return `        ${escaped(field.name)}: ${field.type}${field.optional ? "?" : ""}${fallback}`;
  });
  const assignments = fields.map((field) => `        self.${escaped(field.name)} = ${escaped(field.name)}\n`);
  const initializer =
    fields.length === 0
      ? "    public init() {}\n"
      : `\n    public init(\n${parameters.join(",\n")}\n    ) {\n${assignments.join("")}    }\n`;
  return (
    `${comment(description)}public struct ${name}: Codable, Sendable, Hashable {\n` +
    `${properties.join("")}${initializer}${codingKeys(fields)}}\n`
  );
}

/** Keys are spelled out only where a field can not have its wire name. */
function codingKeys(fields: readonly Field[]): string {
  if (fields.every((field) => field.name === field.wireName)) return "";
  const cases = fields.map((field) => {
    const value = field.name === field.wireName ? "" : ` = ${JSON.stringify(field.wireName)}`;
    return `        case ${escaped(field.name)}${value}\n`;
  });
  return `\n    private enum CodingKeys: String, CodingKey {\n${cases.join("")}    }\n`;
}

/** An enum of words that keeps a word it does not know, so that a newer gateway's answer survives a round trip. */
function renderEnum(name: string, values: readonly unknown[], description: unknown): string {
  const cases = values.map((value) => {
    const caseName = swiftName(String(value));
    return { value: JSON.stringify(value), name: escaped(caseName === "unknown" ? "unknownValue" : caseName) };
  });
  return `${comment(description)}public enum ${name}: RawRepresentable, Codable, Sendable, Hashable {
${cases.map((item) => `    case ${item.name}\n`).join("")}    /// A word that this version does not know.
    case unknown(String)

    public init(rawValue: String) {
        switch rawValue {
${cases.map((item) => `        case ${item.value}: self = .${item.name}\n`).join("")}        default: self = .unknown(rawValue)
        }
    }

    public var rawValue: String {
        switch self {
${cases.map((item) => `        case .${item.name}: return ${item.value}\n`).join("")}        case .unknown(let value): return value
        }
    }

    public init(from decoder: any Decoder) throws {
        self.init(rawValue: try decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }

    /// Every word this version knows.
    public static let known: [${name}] = [
${cases.map((item) => `        .${item.name},\n`).join("")}    ]
}
`;
}

/** A value of one of several types; decoding takes the first that fits. */
function renderChoice(name: string, schema: Definition): string {
  const alternatives = (Array.isArray(schema["anyOf"]) ? schema["anyOf"] : []).map(asRecord);
  const nested: string[] = [];
  const taken = new Set<string>();
  const cases = alternatives
    .filter((item) => item["type"] !== "null")
    .map((item) => {
      const type = swiftType(item, freeName(`${name}${Array.isArray(item["enum"]) ? "Word" : "Value"}`, taken));
      nested.push(...type.nested);
      return { name: escaped(choiceName(item, type.name)), type: type.name };
    });
  const body = `${comment(schema.description)}public enum ${name}: Codable, Sendable, Hashable {
${cases.map((item) => `    case ${item.name}(${item.type})\n`).join("")}    /// Something that this version does not know.
    case unknown(JSONValue)

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
${cases
  .map(
    (item) =>
      `        if let value = try? container.decode(${item.type}.self) {\n            self = .${item.name}(value)\n            return\n        }\n`,
  )
  .join("")}        self = .unknown(try container.decode(JSONValue.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
${cases.map((item) => `        case .${item.name}(let value): try container.encode(value)\n`).join("")}        case .unknown(let value): try container.encode(value)
        }
    }
}
`;
  return [body, ...nested].join("\n");
}

/** Two alternatives without a name of their own must not declare the same type. */
function freeName(wanted: string, taken: Set<string>): string {
  const name = taken.has(wanted) ? `${wanted}${taken.size + 1}` : wanted;
  taken.add(name);
  return name;
}

function choiceName(schema: Definition, type: string): string {
  if (schema["type"] === "array") return "list";
  if (schema["type"] === "integer") return "integer";
  return swiftName(type);
}
