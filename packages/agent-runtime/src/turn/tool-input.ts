import type { JsonSchema, Logger } from "@openclaw/gateway-core/ports";
import type { Ajv, ValidateFunction } from "ajv";

/** Checks what a model passes to a tool against the tool's schema. Schemas are compiled once; AJV is loaded when first needed. */
export class ToolInputCheck {
  readonly #log: Logger;
  readonly #compiled = new WeakMap<JsonSchema, ValidateFunction | "unreadable">();
  #ajv: Promise<Ajv> | undefined;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** What is wrong with the input, in words for the model; undefined when nothing is. */
  async problem(toolName: string, schema: JsonSchema, input: unknown): Promise<string | undefined> {
    const validate = await this.#validator(toolName, schema);
    if (validate === "unreadable" || validate(input)) return undefined;
    const errors = (validate.errors ?? []).map(
      ({ instancePath, message }) => `${instancePath || "the input"} ${message}`,
    );
    return `The arguments do not match the tool's schema: ${errors.join("; ")}.`;
  }

  async #validator(toolName: string, schema: JsonSchema): Promise<ValidateFunction | "unreadable"> {
    const known = this.#compiled.get(schema);
    if (known !== undefined) return known;
    const compiled = await this.#compile(toolName, schema);
    this.#compiled.set(schema, compiled);
    return compiled;
  }

  async #compile(toolName: string, schema: JsonSchema): Promise<ValidateFunction | "unreadable"> {
    // By way of the default export, which is all that a bundle's chunk of a CommonJS package has.
    this.#ajv ??= import("ajv").then(
      ({ default: { Ajv: Validator } }) => new Validator({ strict: false, validateFormats: false, logger: false }),
    );
    const ajv = await this.#ajv;
    try {
      // Tools may name a draft that AJV does not carry; what they use of it is the same in all of them.
      const { $schema: _draft, $id: _id, ...rest } = schema;
      return ajv.compile(rest);
    } catch (error) {
      this.#log.warn("a tool's schema can not be read; its input is passed on unchecked", { tool: toolName, error });
      return "unreadable";
    }
  }
}
