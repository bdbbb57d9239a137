import { CliError } from "../errors.ts";
import { isRecord } from "../records.ts";

/** Reads `--params`. Throws a usage error unless it is an object. */
export async function parseParams(source: string): Promise<Readonly<Record<string, unknown>>> {
  const value = await parseLoosely(source);
  if (isRecord(value)) return value;
  const found = Array.isArray(value) ? "an array" : value === null ? "null" : `a ${typeof value}`;
  throw paramsError(`--params is ${found}; expected a JSON object.`);
}

async function parseLoosely(source: string): Promise<unknown> {
  try {
    return JSON.parse(source);
  } catch {
    const { default: json5 } = await import("json5");
    try {
      return json5.parse(source);
    } catch (error) {
      throw paramsError(`--params is not JSON: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

function paramsError(message: string): CliError {
  return new CliError("usage", message, `Quote it for your shell, for example: --params '{"limit":5}'`);
}
