import type { Json5 } from "../source/json5-file.ts";
import { isPlainObject } from "../source/tree.ts";
import { memberNamed, readSourceTree, skipSpace, type SourceMember, type SourceNode } from "./source-tree.ts";

/** One change of a text: a value for a key, or its removal. Paths go through objects only. */
export type SourceEdit =
  | { readonly path: readonly string[]; readonly value: unknown }
  | { readonly path: readonly string[]; readonly remove: true };

/**
 * Changes what differs and leaves the rest of the text as a person wrote it: comments, order, quotes. The text must
 * be valid JSON5 and hold an object.
 */
export function editSource(source: string, edits: readonly SourceEdit[], json5: Json5): string {
  let text = source;
  for (const edit of edits) {
    const root = readSourceTree(text, json5);
    text = "remove" in edit ? removeAt(text, root, edit.path) : setAt(text, root, edit.path, edit.value);
  }
  return text;
}

/** What it takes to get from one tree to another. Lists are replaced as a whole. */
export function editsBetween(before: unknown, after: unknown, path: readonly string[] = []): SourceEdit[] {
  if (!isPlainObject(before) || !isPlainObject(after)) return isEqual(before, after) ? [] : [{ path, value: after }];
  const removed = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
  return [
    ...removed.map((key): SourceEdit => ({ path: [...path, key], remove: true })),
    ...Object.entries(after).flatMap(([key, value]): SourceEdit[] =>
      Object.hasOwn(before, key) ? editsBetween(before[key], value, [...path, key]) : [{ path: [...path, key], value }],
    ),
  ];
}

/** Puts other texts in the place of parts of one. */
export function replaceSpans(
  source: string,
  spans: readonly { readonly start: number; readonly end: number; readonly text: string }[],
): string {
  let text = source;
  for (const { start, end, text: replacement } of spans.toSorted((one, other) => other.start - one.start)) {
    text = text.slice(0, start) + replacement + text.slice(end);
  }
  return text;
}

function isEqual(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function setAt(source: string, root: SourceNode, path: readonly string[], value: unknown): string {
  let node = root;
  for (const [depth, key] of path.entries()) {
    const member = memberNamed(node, key);
    if (!member) return insertMember(source, node, path.slice(depth), value);
    const isLast = depth === path.length - 1;
    // Below something that is not an object there is nothing to go into: it makes way.
    if (isLast || member.value.kind !== "object") {
      const written = render(nested(path.slice(depth + 1), value), indentAt(source, member.start));
      return replaceSpans(source, [{ ...member.value, text: written }]);
    }
    node = member.value;
  }
  return `${JSON.stringify(value, null, 2)}\n`;
}

function insertMember(source: string, node: SourceNode, path: readonly string[], value: unknown): string {
  if (node.kind !== "object") throw new Error("Members can be put into objects only.");
  const [key = "", ...below] = path;
  const last = node.members.at(-1);
  const outer = indentAt(source, node.start);
  const isSpread = last === undefined || source.slice(node.start, last.start).includes("\n");
  const indent = last && isSpread ? indentAt(source, last.start) : `${outer}  `;
  const member = `${JSON.stringify(key)}: ${render(nested(below, value), isSpread ? indent : outer)}`;
  if (!last) {
    const hasOnlySpace = source.slice(node.start + 1, node.end - 1).trim() === "";
    const rest = hasOnlySpace ? `\n${outer}}` : source.slice(node.start + 1, node.end);
    return replaceSpans(source, [{ ...node, text: `{\n${indent}${member}${hasOnlySpace ? "" : ","}${rest}` }]);
  }
  const end = skipSpace(source, last.value.end);
  const hasComma = source[end] === ",";
  const at = hasComma ? end + 1 : last.value.end;
  const text = `${hasComma ? "" : ","}${isSpread ? `\n${indent}` : " "}${member}${hasComma ? "," : ""}`;
  return replaceSpans(source, [{ start: at, end: at, text }]);
}

function removeAt(source: string, root: SourceNode, path: readonly string[]): string {
  let node = root;
  for (const key of path.slice(0, -1)) {
    const member = memberNamed(node, key);
    if (!member) return source;
    node = member.value;
  }
  const name = path.at(-1);
  if (node.kind !== "object" || name === undefined) return source;
  const { members } = node;
  const spans = members.flatMap((member, index) =>
    member.key === name ? [memberSpan(source, member, members[index - 1])] : [],
  );
  return replaceSpans(source, spans);
}

/** A member with the comma that belongs to it, and its line when nothing else stands there. */
function memberSpan(source: string, member: SourceMember, previous: SourceMember | undefined) {
  const after = skipSpace(source, member.value.end);
  const hasComma = source[after] === ",";
  let end = hasComma ? after + 1 : member.value.end;
  const lineStart = source.lastIndexOf("\n", member.start - 1) + 1;
  const standsFirst = source.slice(lineStart, member.start).trim() === "";
  const lineEnd = /^[^\S\n]*\n/u.exec(source.slice(end));
  let start = member.start;
  if (standsFirst && lineEnd) {
    start = lineStart;
    end += lineEnd[0].length;
  }
  if (hasComma || !previous) return { start, end, text: "" };
  // The last one goes with the comma before it; what stands between the two, a comment perhaps, stays.
  const comma = skipSpace(source, previous.value.end);
  return { start: comma, end, text: source.slice(comma + 1, start).trimEnd() + (end > member.value.end ? "\n" : "") };
}

function nested(path: readonly string[], value: unknown): unknown {
  return path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
}

function render(value: unknown, indent: string): string {
  return JSON.stringify(value, null, 2).replaceAll("\n", `\n${indent}`);
}

/** The white space that the line of a position begins with. */
function indentAt(source: string, position: number): string {
  const lineStart = source.lastIndexOf("\n", position - 1) + 1;
  return /^[^\S\n]*/u.exec(source.slice(lineStart))?.[0] ?? "";
}
