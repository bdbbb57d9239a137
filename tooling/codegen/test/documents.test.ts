import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";

import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";

const generated = new URL("../../../packages/protocol/gen/", import.meta.url);
const read = async (name: string): Promise<Record<string, unknown>> =>
  JSON.parse(await readFile(new URL(name, generated), "utf8")) as Record<string, unknown>;

describe("R5.9 the AsyncAPI document", () => {
  test("is one, by the published schema of AsyncAPI 3.0", async () => {
    const specification = createRequire(import.meta.url)("@asyncapi/specs/schemas/3.0.0.json") as object;
    const ajv = new Ajv({ meta: false, validateSchema: false, strict: false, logger: false, validateFormats: false });
    const validate = ajv.compile(specification);
    validate(await read("asyncapi.json"));
    expect(validate.errors).toBeNull();
    expect(validate({ asyncapi: "3.0.0" })).toBe(false);
  });

  test("every reference leads somewhere", async () => {
    const [document, schema] = [await read("asyncapi.json"), await read("protocol.schema.json")];
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, target]) => target ?? "");
    expect(references.length).toBeGreaterThan(200);
    const lost = references.filter((target) => {
      const [file, pointer = ""] = target.split("#");
      return follow(file === "" ? document : schema, pointer) === undefined;
    });
    expect(lost).toEqual([]);
  });

  test("has every method and every event", async () => {
    const document = JSON.stringify(await read("asyncapi.json"));
    for (const name of ["callConnect", "callChatSend", "callAgent", "AgentAcceptedResponse", "tellTick", "tellChat"]) {
      expect(document).toContain(`"${name}"`);
    }
  });
});

describe("R5.9 the OpenAPI document", () => {
  test("is one, by the published schema of OpenAPI 3.1", async () => {
    const validator = new Validator();
    expect(await validator.validate(await read("openapi.json"))).toMatchObject({ valid: true });
    expect(await validator.validate({ openapi: "3.1.0" })).toMatchObject({ valid: false });
  });

  test("every reference leads somewhere", async () => {
    const document = await read("openapi.json");
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#([^"]+)"/g)].map(([, target]) => target ?? "");
    expect(references.length).toBeGreaterThan(5);
    expect(references.filter((pointer) => follow(document, pointer) === undefined)).toEqual([]);
  });
});

/** What a JSON pointer leads to. RFC 6901, without its escapes: no name here has a slash or a tilde. */
function follow(document: unknown, pointer: string): unknown {
  return pointer
    .split("/")
    .slice(1)
    .reduce<unknown>(
      (place, key) =>
        typeof place === "object" && place !== null ? (place as Record<string, unknown>)[key] : undefined,
      document,
    );
}
