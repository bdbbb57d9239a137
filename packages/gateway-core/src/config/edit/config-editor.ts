import { createHash, createHmac, randomBytes } from "node:crypto";

import { FatalError, GatewayError } from "../../errors.ts";
import type { Clock } from "../../ports.ts";
import { type ConfigIssue, describeIssue } from "../errors.ts";
import { type ChannelSchemas, checkConfigTree, type ConfigTree, readConfigTree } from "../load.ts";
import type { ConfigRuntime } from "../runtime.ts";
import type { NextConfig } from "../secret-in-force.ts";
import { writeFileAtomically } from "../source/atomic-file.ts";
import { resolveIncludes } from "../source/include.ts";
import { type Json5, loadJson5, parseJson5, readBoundedFile, SourceFileError } from "../source/json5-file.ts";
import type { UiHint } from "../inspect/ui-hints.ts";
import { isPlainObject, joinPath } from "../source/tree.ts";
import { throughLinks } from "./linked-file.ts";
import { mergePatch } from "./merge-patch.ts";
import { Redaction, restoreSource, restoreTree } from "./redaction.ts";
import { editSource, editsBetween } from "./source-edit.ts";

/** The configuration file as clients see it: nothing in it is a credential. */
export interface ConfigView {
  readonly path: string;
  readonly exists: boolean;
  /** The text of the file; null when there is none. */
  readonly raw: string | null;
  /** What the text says. */
  readonly parsed: unknown;
  /** The same with included files and variables put in, and every default. What is in use, when the file is invalid. */
  readonly config: unknown;
  /** What the gateway runs on now. */
  readonly inUse: unknown;
  readonly valid: boolean;
  readonly issues: readonly ConfigIssue[];
  readonly warnings: readonly string[];
  readonly includedPaths: readonly string[];
  /** Names this content of the file; a write must name what it is based on. Undefined without a file. */
  readonly hash: string | undefined;
  /** Names the content that the gateway runs on. */
  readonly appliedHash: string | undefined;
}

export interface ConfigWrite {
  readonly method: "config.set" | "config.apply" | "config.patch";
  /** The whole file, or for a patch the JSON merge patch; JSON5. */
  readonly raw: string;
  readonly baseHash?: string | undefined;
}

export interface ConfigWritten {
  readonly path: string;
  readonly hash: string;
  readonly config: unknown;
  /** Keys that have another value than before; bookkeeping aside. */
  readonly changedPaths: readonly string[];
  /** True when the gateway runs on something else than the file now says. */
  readonly requiresRestart: boolean;
}

/** What a client needs to show the configuration as a form. */
export interface ConfigForm {
  readonly schema: Readonly<Record<string, unknown>>;
  readonly uiHints: Readonly<Record<string, UiHint>>;
  readonly version: string;
  /** ISO 8601. */
  readonly generatedAt: string;
}

export interface ConfigEditorDependencies {
  readonly config: ConfigRuntime;
  readonly channelSchemas: ChannelSchemas;
  readonly clock: Clock;
  readonly version: string;
  readonly onChange: (change: { readonly path: string; readonly hash: string; readonly ts: number }) => void;
  /**
   * Told what is about to be written. What it returns is called once it is. Throws FatalError when this gateway can
   * not take it up.
   */
  readonly takeUp?: ((next: NextConfig) => (() => void) | undefined) | undefined;
}

/** Keys that only say who wrote the file. */
const BOOKKEEPING = new Set(["meta", "wizard"]);
/** Keys whose values count as soon as they are written. */
const TAKEN_UP: ReadonlySet<string> = new Set(["gateway.auth.mode", "gateway.auth.token", "gateway.auth.password"]);
/** The number of problems that an answer names. */
const MOST_ISSUES = 50;

/**
 * Shows and changes the configuration file for clients. What is written was checked whole, is there at once or not at
 * all, and says on what it was based, so that two writers never undo each other's work unseen.
 */
export class ConfigEditor {
  readonly #dependencies: ConfigEditorDependencies;
  readonly #redaction: Redaction;
  /** A plain hash of a short file would let a reader guess the credentials in it. */
  readonly #hashKey = randomBytes(32);
  #writing: Promise<unknown> = Promise.resolve();
  #form: Promise<ConfigForm> | undefined;

  constructor(dependencies: ConfigEditorDependencies) {
    this.#dependencies = dependencies;
    this.#redaction = new Redaction(dependencies.config.secrets);
  }

  /** The hash of the file as this gateway runs with it; undefined for a configuration that is no file. */
  get appliedHash(): string | undefined {
    const { hash } = this.#dependencies.config.source;
    return hash === undefined ? undefined : this.#name(hash);
  }

  async view(): Promise<ConfigView> {
    const { config } = this.#dependencies;
    const inUse = this.#redaction.tree(config.current);
    const base = { path: config.source.path, inUse, warnings: config.warnings };
    const { appliedHash } = this;
    if (!this.#isFile) {
      const given = { raw: null, parsed: {}, config: inUse, valid: true, issues: [], includedPaths: [] };
      return { ...base, ...given, exists: false, hash: undefined, appliedHash };
    }
    const { raw, parsed, tree, checked } = await this.#read();
    const issues = [...tree.issues, ...(checked?.issues ?? [])];
    return {
      ...base,
      exists: raw !== undefined,
      raw: raw === undefined ? null : await this.#redactedSource(raw, parsed),
      parsed: parsed === undefined ? {} : this.#redaction.tree(parsed),
      config: checked?.config === undefined ? inUse : this.#redaction.tree(checked.config),
      valid: issues.length === 0,
      issues,
      includedPaths: [...new Set(tree.origins.values())].filter((path) => path !== base.path),
      hash: raw === undefined ? undefined : this.#nameOf(raw),
      appliedHash,
    };
  }

  /** Writes one after the other. Throws GatewayError (INVALID_REQUEST) for what can not be written, and says why. */
  write(request: ConfigWrite): Promise<ConfigWritten> {
    const written = this.#writing.then(() => this.#write(request));
    this.#writing = written.catch(() => {});
    return written;
  }

  /** Made once, when the first client asks. */
  async schema(): Promise<ConfigForm> {
    this.#form ??= this.#describe();
    return this.#form;
  }

  async #describe(): Promise<ConfigForm> {
    const { channelSchemas, clock, version } = this.#dependencies;
    const [{ configJsonSchema }, { configUiHints }] = await Promise.all([
      import("../inspect/json-schema.ts"),
      import("../inspect/ui-hints.ts"),
    ]);
    return {
      schema: configJsonSchema(channelSchemas),
      uiHints: configUiHints(channelSchemas),
      version,
      generatedAt: new Date(clock.now()).toISOString(),
    };
  }

  /** The order of these checks is part of the contract. Source: wire facts 17.3. */
  async #write({ method, raw, baseHash }: ConfigWrite): Promise<ConfigWritten> {
    const { config, clock, version, onChange } = this.#dependencies;
    if (!this.#isFile) throw invalid("This gateway was given its configuration in code; change it there.");
    const before = await this.#read();
    this.#assertBase(before.raw, baseHash);
    const given = await parseGiven(raw);
    if (method === "config.patch" && !isPlainObject(given)) throw invalid("config.patch raw must be an object");
    const json5 = await loadJson5();
    const next =
      method === "config.patch"
        ? patched(given, before, json5)
        : restored(restoreSource(raw, before.tree.value, json5));
    const parsed = await parseGiven(next);
    const checked = await this.#check(parsed);
    if (checked.issues.length > 0 || checked.config === undefined) throw this.#invalidConfig(checked.issues);
    const takeUp = this.#prepare({ config: checked.config, environment: checked.environment });
    const touched = new Date(clock.now()).toISOString();
    const content = editSource(
      next,
      [{ path: ["meta"], value: { lastTouchedVersion: version, lastTouchedAt: touched } }],
      json5,
    );
    const path = config.source.path;
    await writeFileAtomically(await throughLinks(path), content);
    takeUp?.();
    const hash = this.#nameOf(content);
    onChange({ path, hash, ts: clock.now() });
    return {
      path,
      hash,
      config: this.#redaction.tree(checked.config),
      changedPaths: changesBetween(before.tree.value, checked.tree),
      requiresRestart: changesBetween(config.current, checked.config).some((key) => !TAKEN_UP.has(key)),
    };
  }

  #prepare(next: NextConfig): (() => void) | undefined {
    try {
      return this.#dependencies.takeUp?.(next);
    } catch (error) {
      if (error instanceof FatalError) throw invalid(`${error.message} ${error.remedy}`);
      throw error;
    }
  }

  /** Without a file there is nothing that a write could undo. */
  #assertBase(raw: string | undefined, baseHash: string | undefined): void {
    if (raw === undefined) return;
    if (baseHash === undefined || baseHash === "") {
      throw invalid("config base hash required; re-run config.get and retry");
    }
    if (baseHash !== this.#nameOf(raw)) throw invalid("config changed since last load; re-run config.get and retry");
  }

  /** False for a configuration that was given in code. */
  get #isFile(): boolean {
    const { source, paths } = this.#dependencies.config;
    return source.path === paths.configFile;
  }

  async #read(): Promise<Read> {
    const file = this.#dependencies.config.source.path;
    const raw = await readBoundedFile(file).catch((error: unknown) => {
      throw unreadable(file, error);
    });
    const tree = await readConfigTree(file);
    const parsed = raw === undefined ? {} : await parseJson5(raw).catch(() => undefined);
    const checked = tree.issues.length === 0 ? this.#checkTree(tree) : undefined;
    return { raw, tree, parsed, checked };
  }

  async #check(parsed: unknown): Promise<Checked & { readonly tree: unknown }> {
    const included = await resolveIncludes(parsed, this.#dependencies.config.source.path);
    if (included.issues.length > 0) {
      const environment = this.#dependencies.config.outerEnvironment;
      return { config: undefined, issues: included.issues, environment, tree: included.value };
    }
    return { ...this.#checkTree(included), tree: included.value };
  }

  #checkTree(tree: Pick<ConfigTree, "value" | "origins">): Checked {
    const { config, channelSchemas } = this.#dependencies;
    const environment = config.outerEnvironment;
    return checkConfigTree({ file: config.source.path, tree, environment, channelSchemas });
  }

  async #redactedSource(raw: string, parsed: unknown): Promise<string | null> {
    // What can not be read can not be gone through for credentials either.
    if (parsed === undefined) return null;
    return this.#redaction.source(raw.startsWith("\uFEFF") ? raw.slice(1) : raw, await loadJson5());
  }

  #invalidConfig(issues: readonly ConfigIssue[]): GatewayError {
    const file = this.#dependencies.config.source.path;
    const told = issues.slice(0, 5).map((issue) => describeIssue(issue, file) || "unusable");
    return invalid(`invalid config: ${told.join("; ")}`, {
      issues: issues.slice(0, MOST_ISSUES).map(({ path, message }) => ({ path, message })),
    });
  }

  #nameOf(raw: string): string {
    return this.#name(createHash("sha256").update(raw).digest("hex"));
  }

  #name(contentHash: string): string {
    const name = createHmac("sha256", this.#hashKey).update(contentHash).digest("base64url");
    return `hmac-sha256:v1:${name}`;
  }
}

type Checked = ReturnType<typeof checkConfigTree>;

interface Read {
  readonly raw: string | undefined;
  readonly tree: ConfigTree;
  /** Undefined when the text is not JSON5. */
  readonly parsed: unknown;
  readonly checked: Checked | undefined;
}

/** The keys that differ, without those that only say who wrote the file. */
function changesBetween(before: unknown, after: unknown): string[] {
  return editsBetween(before, after)
    .filter(({ path }) => !BOOKKEEPING.has(path[0] ?? ""))
    .map(({ path }) => joinPath(path));
}

function patched(patch: unknown, { raw, parsed, tree }: Read, json5: Json5): string {
  const whole = restored(restoreTree(patch, tree.value));
  if (parsed === undefined || !isPlainObject(parsed)) {
    throw invalid("The configuration file can not be read, so nothing can be patched in it; config.set replaces it.");
  }
  return editSource(raw ?? "{}\n", editsBetween(parsed, mergePatch(parsed, whole)), json5);
}

function restored<T>({ value, missing }: { readonly value: T; readonly missing: readonly string[] }): T {
  if (missing.length === 0) return value;
  throw invalid(
    `No credential is stored for ${missing.slice(0, 5).join(", ")}; give its value in place of the redaction mark.`,
    { issues: missing.map((path) => ({ path, message: "nothing is stored that the redaction mark could stand for" })) },
  );
}

async function parseGiven(raw: string): Promise<unknown> {
  try {
    return await parseJson5(raw);
  } catch (error) {
    if (error instanceof SourceFileError) throw invalid(`The given raw ${error.message}.`);
    throw error;
  }
}

function unreadable(file: string, error: unknown): unknown {
  if (!(error instanceof SourceFileError)) return error;
  return new GatewayError("UNAVAILABLE", `The configuration ${file} ${error.message}.`, { retryable: false });
}

function invalid(message: string, details?: unknown): GatewayError {
  return new GatewayError("INVALID_REQUEST", message, details === undefined ? {} : { details });
}
