import type { Candidate, Place } from "./places.ts";

export type Shell = "bash" | "zsh" | "fish" | "powershell";
export const SHELLS = ["bash", "zsh", "fish", "powershell"] as const satisfies readonly Shell[];

/** The script that makes a shell complete the command line of `openclaw`. It starts no process while one types. */
export function completionScript(shell: Shell, places: readonly Place[]): string {
  return WRITERS[shell](places);
}

const WRITERS: Readonly<Record<Shell, (places: readonly Place[]) => string>> = {
  bash: writeBash,
  zsh: writeZsh,
  fish: writeFish,
  powershell: writePowerShell,
};

/** Turns the words before the cursor into the longest known command, in the shells that share this syntax. */
function posixPath(places: readonly Place[]): string {
  const known = places.filter(({ path }) => path !== "").map(({ path }) => `"${path}"`);
  return `    case "$word" in -*) continue ;; esac
    candidate="\${place:+$place }$word"
    case "$candidate" in ${known.join(" | ")}) place="$candidate" ;; esac`;
}

function writeBash(places: readonly Place[]): string {
  const cases = places.map((place) => `    "${place.path}") words="${words(place)}" ;;`);
  const choices = places.flatMap(({ path, choices: list }) =>
    list.map(([option, values]) => `    "${path} ${option}") words="${values.join(" ")}" ;;`),
  );
  return `# bash completion for openclaw
_openclaw() {
  local place="" candidate word words="" index
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  for ((index = 1; index < COMP_CWORD; index++)); do
    word="\${COMP_WORDS[index]}"
${posixPath(places)}
  done
  case "$place" in
${cases.join("\n")}
  esac
  case "$place $previous" in
${choices.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _openclaw openclaw
`;
}

function writeZsh(places: readonly Place[]): string {
  const describe = ({ word, summary }: Candidate): string => quote(`${word}:${summary.replaceAll(":", "\\:")}`);
  const cases = places.map((place) => `    "${place.path}") list=(${place.candidates.map(describe).join(" ")}) ;;`);
  const choices = places.flatMap(({ path, choices: list }) =>
    list.map(([option, values]) => `    "${path} ${option}") list=(${values.map(quote).join(" ")}) ;;`),
  );
  return `#compdef openclaw
_openclaw() {
  local place="" candidate word previous="\${words[CURRENT-1]}"
  local -a list
  for word in "\${(@)words[2,CURRENT-1]}"; do
${posixPath(places)}
  done
  case "$place" in
${cases.join("\n")}
  esac
  case "$place $previous" in
${choices.join("\n")}
  esac
  _describe openclaw list
}
compdef _openclaw openclaw
`;
}

function writeFish(places: readonly Place[]): string {
  const known = places.filter(({ path }) => path !== "").map(({ path }) => quote(path));
  const lines = places.flatMap((place) => {
    const condition = `-n "__openclaw_at ${place.path === "" ? "''" : quote(place.path)}"`;
    const choices = new Map(place.choices);
    return place.candidates.map(({ word, summary }) => {
      const description = `-d ${quote(summary)}`;
      if (!word.startsWith("--")) return `complete -c openclaw -f ${condition} -a ${word} ${description}`;
      const values = choices.get(word);
      const value = values === undefined ? "" : ` -x -a ${quote(values.join(" "))}`;
      return `complete -c openclaw -f ${condition} -l ${word.slice(2)}${value} ${description}`;
    });
  });
  return `# fish completion for openclaw
function __openclaw_at
  set -l place ''
  for word in (commandline -opc)[2..-1]
    string match -q -- '-*' $word; and continue
    set -l candidate (string trim "$place $word")
    contains -- $candidate ${known.join(" ")}; and set place $candidate
  end
  test "$place" = "$argv[1]"
end
${lines.join("\n")}
`;
}

function writePowerShell(places: readonly Place[]): string {
  const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
  const table = places.map(
    ({ path, candidates }) =>
      `  ${literal(path)} = @(${candidates.map(({ word, summary }) => `@(${literal(word)}, ${literal(summary)})`).join(", ")})`,
  );
  const choices = places.flatMap(({ path, choices: list }) =>
    list.map(
      ([option, values]) =>
        `  ${literal(`${path} ${option}`)} = @(${values.map((value) => `@(${literal(value)}, ${literal(value)})`).join(", ")})`,
    ),
  );
  return `# PowerShell completion for openclaw
$openclawPlaces = @{
${table.join("\n")}
}
$openclawChoices = @{
${choices.join("\n")}
}
Register-ArgumentCompleter -Native -CommandName openclaw -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $place = ''
  $previous = ''
  foreach ($element in $commandAst.CommandElements | Select-Object -Skip 1) {
    $word = $element.ToString()
    if ($element.Extent.EndOffset -ge $cursorPosition -and $wordToComplete -ne '') { continue }
    $previous = $word
    if ($word.StartsWith('-')) { continue }
    $candidate = "$place $word".Trim()
    if ($openclawPlaces.ContainsKey($candidate)) { $place = $candidate }
  }
  $list = $openclawPlaces[$place]
  if ($openclawChoices.ContainsKey("$place $previous")) { $list = $openclawChoices["$place $previous"] }
  $list | Where-Object { $_[0].StartsWith($wordToComplete) } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_[0], $_[0], 'ParameterValue', $_[1])
  }
}
`;
}

function words(place: Place): string {
  return place.candidates.map(({ word }) => word).join(" ");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
