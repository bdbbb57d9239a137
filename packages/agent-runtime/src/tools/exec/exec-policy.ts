/** `tools.exec`, as far as running programs on the gateway's own machine goes. */
export interface ExecSettings {
  /** `deny` runs nothing, `allowlist` what is listed, `full` everything. */
  readonly security: "deny" | "allowlist" | "full";
  /** When an operator has to agree: never, for what is not listed, or always. */
  readonly ask: "off" | "on-miss" | "always";
  /** Globs of resolved program paths; `*` stands for anything but a slash, `**` for anything. Case does not matter. */
  readonly allowlist: readonly string[];
  /** Directories that are searched before those of PATH. */
  readonly pathPrepend: readonly string[];
  readonly timeoutMs: number;
}

export type ExecVerdict = { readonly kind: "run" } | { readonly kind: "refuse"; readonly why: string };

/** Whether a program may run. Nobody can be asked in this version, so that what needs a yes is refused. */
export function execVerdict(program: string, { security, ask, allowlist }: ExecSettings): ExecVerdict {
  if (security === "deny") return refuse("Running programs is switched off (tools.exec.security is deny).");
  if (ask === "always")
    return refuse(`${program} needs an operator's approval (tools.exec.ask is always), and ${NOBODY}.`);
  if (security === "full" || allowlist.some((entry) => matchesPath(entry, program))) return { kind: "run" };
  if (ask === "off") return refuse(`${program} is not in tools.exec.allowlist.`);
  return refuse(`${program} is not in tools.exec.allowlist, so that it needs an operator's approval, and ${NOBODY}.`);
}

const NOBODY = "this gateway can not ask for one";

function refuse(why: string): ExecVerdict {
  return { kind: "refuse", why };
}

/** An entry without a slash names no path and matches nothing: a name could mean any program. */
function matchesPath(entry: string, path: string): boolean {
  if (!entry.includes("/")) return false;
  const pattern = entry
    .split(/(\*\*|\*)/u)
    .map((part) =>
      part === "**" ? ".*" : part === "*" ? "[^/]*" : part.replace(/[.+?^${}()|[\]\\]/gu, String.raw`\$&`),
    )
    .join("");
  return new RegExp(`^${pattern}$`, "isu").test(path);
}
