import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

import { ChannelError } from "@openclaw/channels-contract";

const tokenForm = /^(\d+):[A-Za-z0-9_-]{20,}$/;
const maxFileLength = 1_024;

/** What a token that is not one is told. The value itself is never shown. */
export const tokenFormProblem =
  "does not look like a bot token: expected the bot's number, a colon and some 35 letters, digits, _ or -, as @BotFather gives it.";

/** True for what has the form of a bot token. */
export function isToken(text: string): boolean {
  return tokenForm.test(text);
}

/** The number of the bot a token belongs to; undefined when it has not the form of a token. */
export function botIdOf(token: string): string | undefined {
  return tokenForm.exec(token)?.[1];
}

/** Where an account's token is. */
export interface TokenSource {
  readonly token?: string;
  readonly tokenFile?: string;
}

/** The token, from the configuration or the file it names. Throws ChannelError CONFIGURATION that says what to do. */
export async function readToken({ token, tokenFile }: TokenSource): Promise<string> {
  if (token !== undefined) return token;
  if (tokenFile === undefined) throw new ChannelError("CONFIGURATION", "No bot token is configured.");
  const path = tokenFile.startsWith("~/") ? join(homedir(), tokenFile.slice(2)) : tokenFile;
  if (!isAbsolute(path)) {
    throw new ChannelError("CONFIGURATION", `tokenFile must be an absolute path or start with ~/; it is ${tokenFile}.`);
  }
  const content = await readFile(path, "utf8").catch((error: unknown) => {
    const reason = error instanceof Error && "code" in error ? String(error.code) : "it is unreadable";
    throw new ChannelError("CONFIGURATION", `The token file ${path} can not be read: ${reason}.`);
  });
  const found = content.trim();
  if (found.length > maxFileLength || !isToken(found)) {
    throw new ChannelError("CONFIGURATION", `The content of the token file ${path} ${tokenFormProblem}`);
  }
  return found;
}

/** A function that takes one token out of any text, in every form it may have there. */
export function tokenRedactor(token: string): (text: string) => string {
  const forms = [token, encodeURIComponent(token)];
  return (text) => forms.reduce((redacted, form) => redacted.replaceAll(form, "<token>"), text);
}
