/** The shape of a JSON value: the name of its type, the shape of one entry of a list, or the shapes by key. */
export type Shape = string | readonly Shape[] | { readonly [key: string]: Shape };

/**
 * What of a recorded answer is not in ours, as "path: what". Lists and nulls that were recorded empty say nothing, and
 * neither does a list of ours that is empty. Of a list the entry that is closest counts. Keys that we have and the recording has not are fine.
 */
export function differences(recorded: Shape, ours: unknown, path = ""): string[] {
  if (recorded === "null") return [];
  if (typeof recorded === "string") {
    const type = ours === null ? "null" : typeof ours;
    return type === recorded ? [] : [`${path}: ${type}`];
  }
  if (isList(recorded)) {
    if (!Array.isArray(ours)) return [`${path}: ${typeof ours}`];
    const [row] = recorded;
    if (row === undefined) return [];
    const perRow = ours.map((entry) => differences(row, entry, `${path}[]`));
    return perRow.toSorted((one, other) => one.length - other.length)[0] ?? [];
  }
  if (typeof ours !== "object" || ours === null) return [`${path}: ${ours === null ? "null" : typeof ours}`];
  return Object.entries(recorded).flatMap(([key, shape]) =>
    differences(shape, (ours as Record<string, unknown>)[key], path === "" ? key : `${path}.${key}`),
  );
}

function isList(shape: Shape): shape is readonly Shape[] {
  return Array.isArray(shape);
}

/** Whether an entry of a table of differences means this one. A star at its end stands for anything. */
export function covers(entry: string, difference: string): boolean {
  return entry.endsWith("*") ? difference.startsWith(entry.slice(0, -1)) : entry === difference;
}
