import type { MenuCommand } from "@openclaw/channels-contract";

/** https://core.telegram.org/bots/api#botcommand */
const commandName = /^[a-z0-9_]{1,32}$/;
const maxDescriptionLength = 256;
/** https://core.telegram.org/bots/api#setmycommands */
export const maxMenuCommands = 100;

type Written = readonly { readonly command: string; readonly description: string }[];

/** True for a name that Telegram's menu takes. */
export function isMenuName(name: string): boolean {
  return commandName.test(name);
}

/** The menu entries an account adds, and a sentence about each that can not be shown. */
export function readCustomCommands(written: Written): { commands: MenuCommand[]; warnings: string[] } {
  const commands: MenuCommand[] = [];
  const warnings: string[] = [];
  for (const { command, description } of written) {
    const name = command.trim().replace(/^\//, "").toLowerCase();
    const known = commands.some((other) => other.name === name);
    const problem = problemOf(name, description.trim(), known);
    if (problem === undefined) commands.push({ name, description: description.trim() });
    else warnings.push(`customCommands: "${command}" is left out of the menu: ${problem}.`);
  }
  return { commands, warnings };
}

function problemOf(name: string, description: string, known: boolean): string | undefined {
  if (!isMenuName(name)) return "expected 1 to 32 letters a-z, digits and _";
  if (known) return "it is listed twice";
  if (description === "" || description.length > maxDescriptionLength) {
    return `its description needs 1 to ${maxDescriptionLength} characters`;
  }
  return undefined;
}
