/** What a node offers, and what it says of itself. All of it is its own claim. */

const MAX_CAPS = 64;
const MAX_COMMANDS = 256;
const MAX_PERMISSIONS = 128;
const MAX_WORD = 128;
const MAX_LINE = 256;
const MAX_PATH = 8_192;

export interface NodeSurface {
  readonly caps: readonly string[];
  readonly commands: readonly string[];
  readonly permissions: Readonly<Record<string, boolean>>;
}

/** Names and versions, for people and for clients that show nodes. */
export interface NodeDescription {
  readonly clientId?: string;
  readonly clientMode?: string;
  readonly displayName?: string;
  readonly platform?: string;
  readonly version?: string;
  readonly coreVersion?: string;
  readonly uiVersion?: string;
  readonly deviceFamily?: string;
  readonly modelIdentifier?: string;
  /** Absent for a node on this machine. */
  readonly remoteIp?: string;
}

export const NOTHING: NodeSurface = { caps: [], commands: [], permissions: {} };

/** The claims within bounds: what is too long or too many is left out. Order is kept, for it is shown as it came. */
export function boundedSurface(claims: Partial<NodeSurface>): NodeSurface {
  const permissions = Object.entries(claims.permissions ?? {}).filter(([name]) => isWord(name));
  return {
    caps: words(claims.caps, MAX_CAPS),
    commands: words(claims.commands, MAX_COMMANDS),
    permissions: Object.fromEntries(permissions.slice(0, MAX_PERMISSIONS)),
  };
}

/** The description without what is absent, and with lines of a bounded length. */
export function boundedDescription(description: {
  readonly [Key in keyof NodeDescription]?: string | undefined;
}): NodeDescription {
  const lines = Object.entries(description).flatMap(([key, value]) =>
    value === undefined || value === "" ? [] : [[key, value.slice(0, MAX_LINE)]],
  );
  return Object.fromEntries(lines) as NodeDescription;
}

/** The search path a node host tells; one that is too long is of no use, so it is left out. */
export function boundedPath(pathEnv: string | undefined): string | undefined {
  return pathEnv === undefined || pathEnv.length > MAX_PATH ? undefined : pathEnv;
}

/** True when everything in `surface` was approved. Permissions are left out: they come and go with the system's own dialogs. */
export function covers(approved: NodeSurface, surface: NodeSurface): boolean {
  return (
    surface.caps.every((name) => approved.caps.includes(name)) &&
    surface.commands.every((name) => approved.commands.includes(name))
  );
}

/** What of `surface` was approved. */
export function approvedPart(approved: NodeSurface, surface: NodeSurface): NodeSurface {
  return {
    caps: surface.caps.filter((name) => approved.caps.includes(name)),
    commands: surface.commands.filter((name) => approved.commands.includes(name)),
    permissions: surface.permissions,
  };
}

export function isSameSurface(one: NodeSurface, other: NodeSurface): boolean {
  return covers(one, other) && covers(other, one);
}

function words(given: readonly string[] | undefined, most: number): string[] {
  return [...new Set(given)].filter(isWord).slice(0, most);
}

function isWord(word: string): boolean {
  return word.length > 0 && word.length <= MAX_WORD;
}
