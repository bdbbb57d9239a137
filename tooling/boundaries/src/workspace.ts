import { existsSync, globSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join, normalize } from "node:path/posix";

import { type ModuleFacts, type ModuleImport, readModule } from "./module.ts";

/** A package of the workspace. Paths are relative to the root, with slashes. */
export interface WorkspacePackage {
  readonly name: string;
  readonly folder: string;
  readonly private: boolean;
  readonly manifest: Manifest;
}

export interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly imports?: Readonly<Record<string, unknown>>;
  readonly publishConfig?: { readonly exports?: Readonly<Record<string, unknown>> };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Which part of a package a file belongs to. */
export type FileKind = "source" | "test" | "configuration";

export interface SourceFile {
  readonly path: string;
  readonly package: WorkspacePackage;
  readonly kind: FileKind;
  readonly facts: ModuleFacts;
}

/** Where an import leads. */
export type Target =
  | { readonly kind: "file"; readonly path: string }
  | {
      readonly kind: "workspace";
      readonly package: WorkspacePackage;
      readonly entry: string;
      readonly path: string | undefined;
    }
  | { readonly kind: "library"; readonly name: string }
  | { readonly kind: "builtin"; readonly name: string }
  | { readonly kind: "missing" };

export interface Workspace {
  readonly root: string;
  readonly packages: readonly WorkspacePackage[];
  readonly files: readonly SourceFile[];
  /** Development tools that the root brings for everyone. */
  readonly rootTools: ReadonlySet<string>;
  resolve(from: SourceFile, imported: ModuleImport): Target;
}

const SOURCE_CONDITION = "@openclaw/source";
const GENERATED = /(?:^|\/)(?:dist|node_modules|gen|coverage|fixtures)\//;

/** Reads every package below packages, apps, tooling and examples, and every module in them. */
export function readWorkspace(root: string): Workspace {
  const read = (path: string): Manifest => JSON.parse(readFileSync(join(root, path), "utf8")) as Manifest;
  const packages = globSync("{packages,apps,tooling,examples}/*/package.json", { cwd: root })
    .map((path) => {
      const manifest = read(path.replaceAll("\\", "/"));
      return {
        name: manifest.name,
        folder: dirname(path.replaceAll("\\", "/")),
        private: manifest.private === true,
        manifest,
      };
    })
    .toSorted((one, other) => one.folder.localeCompare(other.folder));
  const files = packages.flatMap((owner) => readFiles(root, owner));
  const known = new Map(files.map((file) => [file.path, file]));
  const rootManifest = existsSync(join(root, "package.json")) ? read("package.json") : { name: "root" };
  return {
    root,
    packages,
    files,
    rootTools: new Set(Object.keys(rootManifest.devDependencies ?? {})),
    resolve: (from, { specifier }) => resolveImport({ root, packages, known }, from, specifier),
  };
}

function readFiles(root: string, owner: WorkspacePackage): SourceFile[] {
  return globSync("**/*.{ts,tsx,mts,mjs}", {
    cwd: join(root, owner.folder),
    exclude: (path) => /(?:^|[\\/])(?:dist|node_modules|\.turbo)$/.test(path),
  })
    .map((path) => join(owner.folder, path.replaceAll("\\", "/")))
    .filter((path) => !GENERATED.test(path) && !path.endsWith(".d.ts"))
    .toSorted()
    .map((path) => ({
      path,
      package: owner,
      kind: kindOf(path, owner),
      facts: readModule(path, readFileSync(join(root, path), "utf8")),
    }));
}

function kindOf(path: string, owner: WorkspacePackage): FileKind {
  const inside = path.slice(owner.folder.length + 1);
  if (inside.startsWith("src/")) return "source";
  return inside.startsWith("test/") || inside.startsWith("bench/") ? "test" : "configuration";
}

interface Lookup {
  readonly root: string;
  readonly packages: readonly WorkspacePackage[];
  readonly known: ReadonlyMap<string, SourceFile>;
}

function resolveImport({ root, packages, known }: Lookup, from: SourceFile, specifier: string): Target {
  const exists = (path: string) => known.has(path) || existsSync(join(root, path));
  if (specifier.startsWith(".")) {
    const path = normalize(join(dirname(from.path), specifier));
    return exists(path) ? { kind: "file", path } : { kind: "missing" };
  }
  if (specifier.startsWith("/")) return { kind: "missing" };
  if (specifier.startsWith("#")) {
    const path = entryPath(from.package, from.package.manifest.imports?.[specifier]);
    return path !== undefined && exists(path) ? { kind: "file", path } : { kind: "missing" };
  }
  if (specifier.startsWith("node:") || builtinModules.includes(specifier)) return { kind: "builtin", name: specifier };
  const name = specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
  const owner = packages.find((candidate) => candidate.name === name);
  if (owner === undefined) return { kind: "library", name };
  const entry = `.${specifier.slice(name.length)}`;
  const path = workspaceEntry(owner, entry);
  return path === undefined
    ? { kind: "missing" }
    : { kind: "workspace", package: owner, entry: specifier, path: exists(path) ? path : undefined };
}

function workspaceEntry(owner: WorkspacePackage, entry: string): string | undefined {
  const entries = owner.manifest.exports ?? {};
  if (entry in entries) return entryPath(owner, entries[entry]);
  for (const [pattern, target] of Object.entries(entries)) {
    const [before, after] = pattern.split("*");
    if (after === undefined || before === undefined || !entry.startsWith(before) || !entry.endsWith(after)) continue;
    const middle = entry.slice(before.length, entry.length - after.length);
    return entryPath(owner, target)?.replace("*", middle);
  }
  return undefined;
}

/** The source behind an entry of an exports or imports map. */
function entryPath(owner: WorkspacePackage, target: unknown): string | undefined {
  if (typeof target === "string") return normalize(join(owner.folder, target));
  if (typeof target !== "object" || target === null) return undefined;
  const conditions = target as Readonly<Record<string, unknown>>;
  return entryPath(owner, conditions[SOURCE_CONDITION] ?? conditions["default"]);
}
