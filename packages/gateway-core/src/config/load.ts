import { createHash } from "node:crypto";

import type * as z from "zod";

import { checkChannel } from "./inspect/channel-section.ts";
import { type Environment, layerEnvironment } from "./env.ts";
import type { ConfigIssue } from "./errors.ts";
import { describeIssues, type ValueIssue } from "./inspect/issues.ts";
import { configSchema, type GatewayConfig } from "./schema.ts";
import { resolveIncludes } from "./source/include.ts";
import { parseJson5, readBoundedFile, SourceFileError } from "./source/json5-file.ts";
import { findLegacyKeys } from "./source/legacy.ts";
import { substituteVariables } from "./source/substitute.ts";
import { isPlainObject, joinPath, type KeyPath, memberOf, setOwn } from "./source/tree.ts";

/** The schemas of the sections under `channels`, by channel id. */
export type ChannelSchemas = Readonly<Record<string, z.ZodType>>;

/** What a file says, includes put in, variables not yet. */
export interface ConfigTree {
  readonly exists: boolean;
  /** SHA-256 of the file's bytes, in hex. */
  readonly hash: string | undefined;
  readonly value: unknown;
  /** The file that a path came from, where it is not the main one. */
  readonly origins: ReadonlyMap<string, string>;
  readonly issues: readonly ConfigIssue[];
}

/** Reads a configuration file and what it includes. Never throws for what is in them. */
export async function readConfigTree(file: string): Promise<ConfigTree> {
  const nothing = { origins: new Map<string, string>(), value: {} };
  let hash: string | undefined;
  try {
    const raw = await readBoundedFile(file);
    if (raw === undefined) return { ...nothing, exists: false, hash, issues: [] };
    hash = createHash("sha256").update(raw).digest("hex");
    const included = await resolveIncludes(await parseJson5(raw), file);
    return { ...included, exists: true, hash };
  } catch (error) {
    if (!(error instanceof SourceFileError)) throw error;
    return { ...nothing, exists: true, hash, issues: [{ file, path: "", message: error.message }] };
  }
}

export interface CheckedConfig {
  /** Undefined when there are issues that leave nothing to work with. */
  readonly config: GatewayConfig | undefined;
  readonly issues: readonly ConfigIssue[];
  /** The environment with the configuration's own variables underneath. */
  readonly environment: Environment;
}

export interface CheckRequest {
  readonly file: string;
  readonly tree: Pick<ConfigTree, "value" | "origins">;
  readonly environment: Environment;
  readonly channelSchemas: ChannelSchemas;
}

/** Puts variables in and checks a tree against the schema, naming every problem it finds. */
export function checkConfigTree({ file, tree, environment, channelSchemas }: CheckRequest): CheckedConfig {
  const layered = layerEnvironment(environment, configuredVariables(tree.value, environment));
  const substituted = substituteVariables(tree.value, layered);
  const absent: ValueIssue[] = substituted.missing.map(({ path, name }) => ({
    path,
    message: `refers to \${${name}}, which is not set; set the variable, or write $\${${name}} to mean the text itself`,
  }));
  const legacy = findLegacyKeys(substituted.value);
  const checked = checkValue(substituted.value, tree.value, channelSchemas);
  // What is already explained need not be told a second time as an unknown key or a missing value.
  const explained = [...absent, ...legacy].map(({ path }) => path);
  const rest = checked.issues.filter(({ path }) => !explained.some((told) => isAbove(path, told)));
  const issues = [...absent, ...legacy, ...rest].map(({ path, message }) => ({
    file: originOf(path, tree.origins) ?? file,
    path: joinPath(path),
    message,
  }));
  return { config: checked.config, issues, environment: layered };
}

interface CheckedValue {
  readonly config: GatewayConfig | undefined;
  readonly issues: readonly ValueIssue[];
}

function checkValue(value: unknown, written: unknown, channelSchemas: ChannelSchemas): CheckedValue {
  // A configuration is parsed once; compiling parsers for it would take longer than parsing.
  const core = configSchema.safeParse(value, { jitless: true });
  const issues: ValueIssue[] = core.success
    ? [...relationIssues(core.data)]
    : [...describeIssues(core.error.issues, { schema: configSchema, value, written })];
  const sections = isPlainObject(value) && isPlainObject(value["channels"]) ? value["channels"] : {};
  const channels: Record<string, unknown> = {};
  for (const [id, section] of Object.entries(sections)) {
    if (id === "defaults") continue;
    const checked = checkChannel({
      id,
      section,
      written: memberOf(memberOf(written, "channels"), id),
      schema: channelSchemas[id],
      defaults: memberOf(sections, "defaults"),
    });
    setOwn(channels, id, checked.section);
    issues.push(...checked.issues.map((issue) => ({ ...issue, path: ["channels", id, ...issue.path] })));
  }
  if (!core.success) return { config: undefined, issues };
  const config = { ...core.data, channels: { ...core.data.channels, ...channels } };
  return { config: issues.length === 0 ? config : undefined, issues };
}

/** What must hold between keys. */
function relationIssues(config: GatewayConfig): readonly ValueIssue[] {
  const issues: ValueIssue[] = [];
  if (config.gateway.bind === "custom" && config.gateway.customBindHost === undefined) {
    issues.push({
      path: ["gateway", "customBindHost"],
      message: 'expected an address, because gateway.bind is "custom", got nothing',
    });
  }
  const ids = new Set<string>();
  for (const [index, agent] of config.agents.list.entries()) {
    if (ids.has(agent.id)) {
      issues.push({
        path: ["agents", "list", index, "id"],
        message: `expected an id of its own, got ${JSON.stringify(agent.id)} again`,
      });
    }
    ids.add(agent.id);
  }
  return issues;
}

/** The variables of the `env` section, those it refers to filled in as far as they are known. */
function configuredVariables(value: unknown, environment: Environment): Environment {
  const section = memberOf(value, "env");
  if (!isPlainObject(section)) return {};
  const own = substituteVariables(section, environment).value;
  const variables: Record<string, string> = {};
  for (const source of [own, memberOf(own, "vars")]) {
    for (const [name, variable] of Object.entries(isPlainObject(source) ? source : {})) {
      if (typeof variable === "string") variables[name] ??= variable;
    }
  }
  return variables;
}

/** True when `upper` is `path` itself or one of its parents. */
function isAbove(upper: KeyPath, path: KeyPath): boolean {
  return upper.length <= path.length && upper.every((key, index) => key === path[index]);
}

function originOf(path: KeyPath, origins: ReadonlyMap<string, string>): string | undefined {
  for (let length = path.length; length >= 0; length -= 1) {
    const origin = origins.get(joinPath(path.slice(0, length)));
    if (origin !== undefined) return origin;
  }
  return undefined;
}
