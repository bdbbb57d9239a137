import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, join } from "node:path";

import { readSkills, type SkillFile } from "./skill-file.ts";

/** What decides whether a skill can be used here. */
export interface SkillsDependencies {
  /** Skills of one's own for every agent. */
  readonly managedDirectory: string;
  readonly workspace: (agentId: string) => string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The value of a key of the configuration, by its path. */
  readonly configValue: (path: string) => unknown;
  /** Node's word for the operating system. */
  readonly platform: string;
}

export interface SkillNeeds {
  readonly bins: readonly string[];
  readonly anyBins: readonly string[];
  readonly env: readonly string[];
  readonly config: readonly string[];
  readonly os: readonly string[];
}

/** A skill with what it needs and what of that is missing. */
export interface Skill {
  readonly file: SkillFile;
  readonly source: "openclaw-workspace" | "openclaw-managed";
  readonly key: string;
  readonly disabled: boolean;
  readonly eligible: boolean;
  readonly requirements: SkillNeeds;
  readonly missing: SkillNeeds;
}

/** Instructions that people put into folders for their agents. This room only looks at them. */
export class Skills {
  readonly #dependencies: SkillsDependencies;

  constructor(dependencies: SkillsDependencies) {
    this.#dependencies = dependencies;
  }

  get managedDirectory(): string {
    return this.#dependencies.managedDirectory;
  }

  workspace(agentId: string): string {
    return this.#dependencies.workspace(agentId);
  }

  /** By name. A skill of the workspace stands in for one of the same name in the state directory. */
  async list(agentId: string): Promise<Skill[]> {
    const own = await readSkills(join(this.workspace(agentId), "skills"));
    const managed = await readSkills(this.managedDirectory);
    const names = new Set(own.map(({ name }) => name));
    const found = await Promise.all([
      ...own.map((file) => this.#judge(file, "openclaw-workspace")),
      ...managed.filter(({ name }) => !names.has(name)).map((file) => this.#judge(file, "openclaw-managed")),
    ]);
    return found.toSorted((one, other) => (one.file.name < other.file.name ? -1 : 1));
  }

  async #judge(file: SkillFile, source: Skill["source"]): Promise<Skill> {
    const { environment, configValue, platform } = this.#dependencies;
    const { metadata } = file;
    const key = metadata.skillKey ?? file.name;
    const requirements: SkillNeeds = { ...metadata.requires, os: metadata.os };
    const hasProgram = await this.#programs([...requirements.bins, ...requirements.anyBins]);
    const setting = (name: string): unknown => configValue(`skills.entries.${key}.${name}`);
    const hasVariable = (name: string): boolean =>
      Boolean(environment[name]) ||
      setting(`env.${name}`) !== undefined ||
      (name === metadata.primaryEnv && setting("apiKey") !== undefined);
    const missing: SkillNeeds = {
      bins: requirements.bins.filter((name) => !hasProgram.has(name)),
      anyBins: requirements.anyBins.some((name) => hasProgram.has(name)) ? [] : requirements.anyBins,
      env: requirements.env.filter((name) => !hasVariable(name)),
      config: requirements.config.filter((path) => !configValue(path)),
      os: requirements.os.length === 0 || requirements.os.includes(platform) ? [] : requirements.os,
    };
    const disabled = setting("enabled") === false;
    const needsNothing =
      metadata.always || Object.values(missing).every((names: readonly string[]) => names.length === 0);
    return { file, source, key, disabled, requirements, missing, eligible: !disabled && needsNothing };
  }

  async #programs(names: readonly string[]): Promise<ReadonlySet<string>> {
    const directories = (this.#dependencies.environment["PATH"] ?? "").split(delimiter).filter(Boolean);
    const found = new Set<string>();
    for (const name of new Set(names)) {
      // A path is no name of a program.
      if (name === "" || /[\\/]/u.test(name)) continue;
      const places = await Promise.all(directories.map((directory) => isProgram(join(directory, name))));
      if (places.includes(true)) found.add(name);
    }
    return found;
  }
}

async function isProgram(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
