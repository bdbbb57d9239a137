/** "node.pair.request" and "system-event" as "nodePairRequest" and "systemEvent". */
export function camelCase(wireName: string): string {
  return wireName.replace(/[.-]([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
}

/** "chat.send" as "ChatSend". */
export function pascalCase(wireName: string): string {
  const camel = camelCase(wireName);
  return camel.charAt(0).toUpperCase() + camel.slice(1);
}

/** The name an event's contract is exported under: "tick" as "tickEvent". */
export function eventExport(wireName: string): string {
  return `${camelCase(wireName)}Event`;
}

/** Sorts by code units, the same on every machine. */
export function byName(left: { readonly name: string }, right: { readonly name: string }): number {
  return left.name < right.name ? -1 : left.name > right.name ? 1 : 0;
}
