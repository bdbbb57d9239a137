import { dirname, isAbsolute, resolve } from "node:path";

import type { ConfigIssue } from "../errors.ts";
import { parseJson5, readBoundedFile, SourceFileError } from "./json5-file.ts";
import { isPlainObject, joinPath, type KeyPath, mergeDeep, setOwn } from "./tree.ts";

const MAXIMUM_DEPTH = 10;
const MAXIMUM_FILES = 200;

/** A configuration with its includes put in. */
export interface IncludedTree {
  readonly value: unknown;
  /** The file that a path, and all below it, came from, where it is not the main file. */
  readonly origins: ReadonlyMap<string, string>;
  readonly issues: readonly ConfigIssue[];
}

/**
 * Puts the files that `$include` names in place: one path replaces the object that holds it, several are merged in
 * order, and keys beside `$include` come last. Paths count from the file that names them. Ten levels at most; a
 * missing or broken file, a cycle and a path too deep are issues of the file that asked for it.
 */
export async function resolveIncludes(value: unknown, file: string): Promise<IncludedTree> {
  const resolver = new IncludeResolver();
  const resolved = await resolver.resolve(value, { file, chain: [file], path: [] });
  return { value: resolved, origins: resolver.origins, issues: resolver.issues };
}

interface Place {
  readonly file: string;
  /** The files from the main one to this one. */
  readonly chain: readonly string[];
  readonly path: KeyPath;
}

class IncludeResolver {
  readonly origins = new Map<string, string>();
  readonly issues: ConfigIssue[] = [];
  #files = 0;

  async resolve(value: unknown, place: Place): Promise<unknown> {
    if (Array.isArray(value)) {
      const items: unknown[] = [];
      for (const [index, item] of value.entries()) items.push(await this.resolve(item, at(place, index)));
      return items;
    }
    if (!isPlainObject(value)) return value;
    const own: Record<string, unknown> = {};
    for (const [key, item] of Object.entries(value)) {
      if (key !== "$include") setOwn(own, key, await this.resolve(item, at(place, key)));
    }
    return Object.hasOwn(value, "$include") ? this.#withIncluded(value["$include"], own, place) : own;
  }

  async #withIncluded(names: unknown, own: Record<string, unknown>, place: Place): Promise<unknown> {
    const list = Array.isArray(names) ? names : [names];
    if (list.length === 0 || !list.every((name) => typeof name === "string" && name !== "")) {
      this.#report(place, "$include expects a path or a list of paths");
      return own;
    }
    let included: unknown;
    for (const [index, name] of (list as string[]).entries()) {
      const content = await this.#read(name, place);
      if (content === FAILED) return own;
      included = index === 0 ? content : mergeDeep(included, content);
    }
    if (Object.keys(own).length === 0) return included;
    if (!isPlainObject(included)) {
      this.#report(place, "keys beside $include are possible only when the included file holds an object");
      return own;
    }
    for (const key of Object.keys(own)) this.origins.set(joinPath([...place.path, key]), place.file);
    return mergeDeep(included, own);
  }

  async #read(name: string, place: Place): Promise<unknown> {
    const path = isAbsolute(name) ? name : resolve(dirname(place.file), name);
    const chain = [...place.chain, path];
    if (place.chain.includes(path)) return this.#report(place, `$include goes in a circle: ${chain.join(" → ")}`);
    if (chain.length > MAXIMUM_DEPTH + 1)
      return this.#report(place, `$include goes deeper than ${MAXIMUM_DEPTH} files`);
    if (++this.#files > MAXIMUM_FILES) return this.#report(place, `more than ${MAXIMUM_FILES} files are included`);
    try {
      const source = await readBoundedFile(path);
      if (source === undefined) return this.#report(place, `$include names ${path}, which does not exist`);
      const content = await parseJson5(source);
      this.origins.set(joinPath(place.path), path);
      return await this.resolve(content, { file: path, chain, path: place.path });
    } catch (error) {
      if (!(error instanceof SourceFileError)) throw error;
      return this.#report(place, `$include names ${path}, which ${error.message}`);
    }
  }

  #report(place: Place, message: string): typeof FAILED {
    this.issues.push({ file: place.file, path: joinPath(place.path), message });
    return FAILED;
  }
}

const FAILED = Symbol("the include failed and was reported");

function at(place: Place, key: string | number): Place {
  return { ...place, path: [...place.path, key] };
}
