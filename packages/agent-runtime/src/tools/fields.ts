/** A text field of a tool's input; undefined when it is absent, empty or no text. Numbers are taken as text. */
export function textField(input: unknown, name: string): string | undefined {
  const value = field(input, name);
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}

/** A whole number of at least 1; undefined when it is absent or something else. */
export function countField(input: unknown, name: string): number | undefined {
  const value = field(input, name);
  return typeof value === "number" && Number.isInteger(value) && value >= 1 ? value : undefined;
}

/** A number of at least 0; undefined when it is absent or something else. */
export function numberField(input: unknown, name: string): number | undefined {
  const value = field(input, name);
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** True when the field is true. */
export function flagField(input: unknown, name: string): boolean {
  return field(input, name) === true;
}

/** A list of texts; empty when it is absent or something else. */
export function textListField(input: unknown, name: string): readonly string[] {
  const value = field(input, name);
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

/** An object; undefined when it is absent or something else. */
export function objectField(input: unknown, name: string): Readonly<Record<string, unknown>> | undefined {
  const value = field(input, name);
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}

function field(input: unknown, name: string): unknown {
  return typeof input === "object" && input !== null && Object.hasOwn(input, name)
    ? Reflect.get(input, name)
    : undefined;
}
