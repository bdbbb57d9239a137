import { CliError } from "../errors.ts";
import { isRecord } from "../records.ts";

const MESSAGES = ["beginRendering", "surfaceUpdate", "dataModelUpdate", "deleteSurface"] as const;
const MAX_CHARACTERS = 1_048_576;

/** The messages of version 0.8 that show one text. */
export function a2uiText(text: string): string {
  const surfaceId = "main";
  const components = [
    { id: "root", component: { Column: { children: { explicitList: ["text"] } } } },
    { id: "text", component: { Text: { text: { literalString: text }, usageHint: "body" } } },
  ];
  const messages = [{ surfaceUpdate: { surfaceId, components } }, { beginRendering: { surfaceId, root: "root" } }];
  return messages.map((message) => JSON.stringify(message)).join("\n");
}

/** The same text, when each of its lines is a message of version 0.8. Throws CliError that names the line. */
export function checkA2ui(jsonl: string): string {
  if (jsonl.length > MAX_CHARACTERS) throw wrong(`there are more than ${MAX_CHARACTERS} characters`);
  const lines = jsonl.split("\n").map((line, index) => ({ line: line.trim(), number: index + 1 }));
  const messages = lines.filter(({ line }) => line !== "");
  if (messages.length === 0) throw wrong("there is no message");
  for (const { line, number } of messages) checkMessage(line, number);
  return messages.map(({ line }) => line).join("\n");
}

function checkMessage(line: string, number: number): void {
  let message: unknown;
  try {
    message = JSON.parse(line);
  } catch {
    throw wrong(`line ${number} is not JSON`);
  }
  const keys = isRecord(message) ? Object.keys(message) : [];
  if (keys.includes("createSurface")) throw wrong(`line ${number} is of version 0.9 (createSurface)`);
  if (!MESSAGES.some((name) => keys.includes(name))) throw wrong(`line ${number} is none of ${MESSAGES.join(", ")}`);
}

function wrong(reason: string): CliError {
  return new CliError(
    "usage",
    `These are no A2UI messages: ${reason}.`,
    "Give messages of version 0.8, one on each line.",
  );
}
