import { open, readdir } from "node:fs/promises";
import { join } from "node:path";

/** What stands at the head of a SKILL.md. Source: agent facts 5.5. */
export interface SkillFile {
  readonly name: string;
  readonly description: string;
  readonly filePath: string;
  readonly baseDir: string;
  readonly homepage?: string;
  readonly userInvocable: boolean;
  readonly modelInvocable: boolean;
  readonly metadata: SkillMetadata;
}

export interface SkillMetadata {
  readonly always: boolean;
  readonly emoji?: string;
  readonly homepage?: string;
  readonly primaryEnv?: string;
  readonly skillKey?: string;
  readonly os: readonly string[];
  readonly requires: {
    readonly bins: readonly string[];
    readonly anyBins: readonly string[];
    readonly env: readonly string[];
    readonly config: readonly string[];
  };
  readonly install: readonly SkillInstall[];
}

export interface SkillInstall {
  readonly id: string;
  readonly kind: string;
  readonly label: string;
  readonly bins: readonly string[];
}

const MOST_SKILLS = 500;
/** The head is at the beginning; the rest of a skill is for the agent to read. */
const HEAD_BYTES = 32_768;

/** The skills in the folders of a directory, by name. A folder without a usable SKILL.md is none. */
export async function readSkills(directory: string): Promise<SkillFile[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink()).slice(0, MOST_SKILLS);
  const skills = await Promise.all(folders.map(({ name }) => readSkill(join(directory, name))));
  return skills.filter((skill) => skill !== undefined).toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

async function readSkill(baseDir: string): Promise<SkillFile | undefined> {
  const filePath = join(baseDir, "SKILL.md");
  const text = await readHead(filePath).catch(() => undefined);
  const head = text === undefined ? undefined : /^\uFEFF?---\r?\n([\s\S]*?)\r?\n---/u.exec(text)?.[1];
  if (head === undefined) return undefined;
  const fields = frontmatter(head);
  const name = fields.get("name");
  const description = fields.get("description");
  if (name === undefined || description === undefined) return undefined;
  const homepage = fields.get("homepage");
  return {
    name,
    description,
    filePath,
    baseDir,
    ...(homepage === undefined ? {} : { homepage }),
    userInvocable: fields.get("user-invocable") !== "false",
    modelInvocable: fields.get("disable-model-invocation") !== "true",
    metadata: await readMetadata(fields.get("metadata")),
  };
}

async function readHead(path: string): Promise<string | undefined> {
  const file = await open(path, "r");
  try {
    if (!(await file.stat()).isFile()) return undefined;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** One line for each field: `name: value`, quotes around the value are left out. */
function frontmatter(head: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of head.split(/\r?\n/u)) {
    const [, key, value] = /^([A-Za-z][\w-]*)\s*:\s*(.*?)\s*$/u.exec(line) ?? [];
    if (key === undefined || value === undefined || value === "") continue;
    fields.set(key, /^(["']).*\1$/u.test(value) ? value.slice(1, -1) : value);
  }
  return fields;
}

async function readMetadata(text: string | undefined): Promise<SkillMetadata> {
  const own = memberOf(await parse(text), "openclaw");
  const requires = memberOf(own, "requires");
  const install = memberOf(own, "install");
  const optional = {
    emoji: textOf(memberOf(own, "emoji")),
    homepage: textOf(memberOf(own, "homepage")),
    primaryEnv: textOf(memberOf(own, "primaryEnv")),
    skillKey: textOf(memberOf(own, "skillKey")),
  };
  return {
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
    always: memberOf(own, "always") === true,
    os: textsOf(memberOf(own, "os")),
    requires: {
      bins: textsOf(memberOf(requires, "bins")),
      anyBins: textsOf(memberOf(requires, "anyBins")),
      env: textsOf(memberOf(requires, "env")),
      config: textsOf(memberOf(requires, "config")),
    },
    install: (Array.isArray(install) ? (install as unknown[]) : []).map(installOf),
  };
}

function installOf(entry: unknown, index: number): SkillInstall {
  const kind = textOf(memberOf(entry, "kind")) ?? "unknown";
  return {
    id: textOf(memberOf(entry, "id")) ?? `${kind}-${index}`,
    kind,
    label: textOf(memberOf(entry, "label")) ?? `Install (${kind})`,
    bins: textsOf(memberOf(entry, "bins")),
  };
}

async function parse(text: string | undefined): Promise<unknown> {
  if (text === undefined) return undefined;
  const { default: json5 } = await import("json5");
  try {
    return json5.parse(text);
  } catch {
    return undefined;
  }
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}
