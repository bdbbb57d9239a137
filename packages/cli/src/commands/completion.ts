import { defineCommand } from "../command.ts";
import { choice } from "../command-line/options.ts";
import { completionPlaces } from "../completion/places.ts";
import { completionScript, type Shell, SHELLS } from "../completion/scripts.ts";

export const command = defineCommand({
  name: "completion",
  summary: "Print a script that makes your shell complete openclaw's command line",
  description:
    "bash: source <(openclaw completion --shell bash), in ~/.bashrc\n" +
    "zsh: source <(openclaw completion --shell zsh), in ~/.zshrc after compinit\n" +
    "fish: openclaw completion --shell fish > ~/.config/fish/completions/openclaw.fish\n" +
    "PowerShell: openclaw completion --shell powershell | Out-String | Invoke-Expression, in $PROFILE",
  arguments: {},
  options: {
    shell: choice("-s, --shell <shell>", SHELLS, "The shell (default: the one that SHELL names, or zsh)"),
  },
  examples: [{ line: "completion --shell fish", does: "The script for fish." }],
  async run(context, { options }) {
    const shell = options.shell ?? shellFrom(context.host.environment["SHELL"]);
    return {
      view: [{ kind: "verbatim", text: completionScript(shell, completionPlaces(await context.allCommands())) }],
    };
  },
});

function shellFrom(path: string | undefined): Shell {
  return SHELLS.find((shell) => path?.endsWith(`/${shell}`)) ?? "zsh";
}
