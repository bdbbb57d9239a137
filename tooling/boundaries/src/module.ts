import { parseSync, Visitor } from "oxc-parser";

/** One import of a module, or a re-export from one. */
export interface ModuleImport {
  readonly specifier: string;
  readonly line: number;
  /** Only types: nothing of it is left at run time. */
  readonly typeOnly: boolean;
  /** Loaded when it is called for, with `import()`. */
  readonly dynamic: boolean;
  /** Names as the other module exports them; "*" for all of them, "default" for the default one. */
  readonly names: readonly string[];
}

/** What the rules need to know of a source file. */
export interface ModuleFacts {
  readonly imports: readonly ModuleImport[];
  /** Lines that read process.env. */
  readonly environmentLines: readonly number[];
  /** Lines that call process.exit. */
  readonly exitLines: readonly number[];
  /** Statements at the top that are neither imports nor re-exports. */
  readonly ownStatementLines: readonly number[];
  readonly exportAllLines: readonly number[];
  readonly lineCount: number;
  /** What keeps the file from being read, with its line. */
  readonly syntaxErrors: readonly { readonly line: number; readonly message: string }[];
}

/** Reads a TypeScript or JavaScript module. */
export function readModule(path: string, source: string): ModuleFacts {
  const lineOf = lineCounter(source);
  const { program, module, errors } = parseSync(path, source);
  const imports: ModuleImport[] = [];
  const environmentLines: number[] = [];
  const exitLines: number[] = [];
  const exportAllLines: number[] = [];

  for (const { moduleRequest, entries, start } of module.staticImports) {
    imports.push({
      specifier: moduleRequest.value,
      line: lineOf(start),
      typeOnly: entries.length > 0 && entries.every((entry) => entry.isType),
      dynamic: false,
      names: entries.map(({ importName }) => nameOf(importName)),
    });
  }
  for (const { entries, start } of module.staticExports) {
    const [first] = entries;
    if (first?.moduleRequest == null) continue;
    const names = entries.map(({ importName }) => nameOf(importName));
    const typeOnly = entries.every((entry) => entry.isType);
    imports.push({ specifier: first.moduleRequest.value, line: lineOf(start), typeOnly, dynamic: false, names });
    // The types of a generated list are named there, one by one.
    const isGeneratedList = typeOnly && first.moduleRequest.value.endsWith(".gen.ts");
    if (names.includes("*") && !isGeneratedList) exportAllLines.push(lineOf(start));
  }
  for (const { moduleRequest } of module.dynamicImports) {
    const literal = /^(["'`])([^$]*)\1$/.exec(source.slice(moduleRequest.start, moduleRequest.end))?.[2];
    if (literal !== undefined) {
      imports.push({
        specifier: literal,
        line: lineOf(moduleRequest.start),
        typeOnly: false,
        dynamic: true,
        names: ["*"],
      });
    }
  }
  new Visitor({
    TSImportType: ({ source: from, start }) => {
      imports.push({ specifier: from.value, line: lineOf(start), typeOnly: true, dynamic: false, names: ["*"] });
    },
    MemberExpression: (node) => {
      if (node.object.type !== "Identifier" || node.object.name !== "process") return;
      const name =
        node.property.type === "Identifier"
          ? node.property.name
          : node.property.type === "Literal"
            ? node.property.value
            : "";
      if (name === "env") environmentLines.push(lineOf(node.start));
      if (name === "exit") exitLines.push(lineOf(node.start));
    },
  }).visit(program);
  return {
    imports,
    environmentLines,
    exitLines,
    ownStatementLines: program.body.filter((node) => !isReexport(node)).map((node) => lineOf(node.start)),
    exportAllLines,
    lineCount: source.split("\n").length - (source.endsWith("\n") ? 1 : 0),
    syntaxErrors: errors.map(({ message, labels }) => ({ line: lineOf(labels[0]?.start ?? 0), message })),
  };
}

function nameOf({ kind, name }: { readonly kind: string; readonly name?: string | null }): string {
  if (kind === "Default") return "default";
  return kind === "Name" ? (name ?? "") : "*";
}

function isReexport(node: { readonly type: string; readonly source?: unknown }): boolean {
  if (node.type === "ImportDeclaration" || node.type === "ExportAllDeclaration") return true;
  // `export { a }` of an imported name has no source of its own, but no declaration either.
  return node.type === "ExportNamedDeclaration" && !("declaration" in node && node.declaration !== null);
}

function lineCounter(source: string): (offset: number) => number {
  const starts = [0];
  for (let at = source.indexOf("\n"); at >= 0; at = source.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  };
}
