/** A path of object keys and list positions. */
export type KeyPath = readonly (string | number)[];

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A path as people write it, for example `agents.list[0].id`. */
export function joinPath(path: KeyPath): string {
  let joined = "";
  for (const key of path) {
    if (typeof key === "number") joined += `[${key}]`;
    else if (/^[A-Za-z_$][\w$-]*$/.test(key)) joined += joined === "" ? key : `.${key}`;
    else joined += `[${JSON.stringify(key)}]`;
  }
  return joined;
}

/** Objects key by key, lists one after the other; of two other values the later one. Changes neither. */
export function mergeDeep(earlier: unknown, later: unknown): unknown {
  if (Array.isArray(earlier) && Array.isArray(later)) return [...(earlier as unknown[]), ...(later as unknown[])];
  if (!isPlainObject(earlier) || !isPlainObject(later)) return later;
  const merged: Record<string, unknown> = { ...earlier };
  for (const [key, value] of Object.entries(later)) {
    setOwn(merged, key, Object.hasOwn(merged, key) ? mergeDeep(merged[key], value) : value);
  }
  return merged;
}

/** Sets a key as data, also one with a meaning of its own such as `__proto__`. */
export function setOwn(target: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
}

/** The value of an object's own key; undefined for anything else. */
export function memberOf(value: unknown, key: string | number): unknown {
  return isPlainObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}
