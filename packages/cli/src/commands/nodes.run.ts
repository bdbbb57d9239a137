import { defineCommand } from "../command.ts";
import { CliError } from "../errors.ts";
import { flag, integer, refused, restArgument, text, texts } from "../command-line/options.ts";
import type { NodeRow } from "../nodes/find-node.ts";
import { askNode, given, nodeOptions } from "../nodes/invoke.ts";
import { type Block } from "../output.ts";
import { isRecord } from "../records.ts";

const OWN_RULES = "the node decides by its own exec approvals, and asks operators where those say so";

export const command = defineCommand({
  name: "nodes run",
  summary: "Run a program on a node",
  description:
    "The node decides by its own exec approvals whether it may run, and asks operators where those say so. The exit code is 1 when the program fails.",
  arguments: { command: restArgument("[command...]", "The program and its arguments; after -- if they have options") },
  options: {
    raw: text("--raw <line>", "A line for the node's shell in place of a program"),
    cwd: text("--cwd <directory>", "Where it runs"),
    env: texts("--env <name=value>", "A variable of its environment"),
    agent: text("--agent <id>", "The agent whose exec approvals count"),
    commandTimeout: integer("--command-timeout <ms>", { minimum: 1, maximum: 3_600_000 }, "How long it may run"),
    needsScreenRecording: flag("--needs-screen-recording", "Only where the node may record the screen"),
    ask: refused("--ask <mode>", OWN_RULES),
    security: refused("--security <mode>", OWN_RULES),
    ...nodeOptions({ invoke: 30_000, rpc: 35_000 }),
  },
  examples: [
    { line: "nodes run --node build-box -- ls -l", does: "Lists files there." },
    { line: `nodes run --node build-box --raw "df -h | head"`, does: "Runs a line in its shell." },
  ],
  async run(context, { options, arguments: { command: words } }) {
    const { raw, cwd, env, agent: agentId, commandTimeout: timeoutMs, needsScreenRecording } = options;
    if ((raw === undefined) === (words.length === 0)) {
      throw new CliError("usage", "What is to run?", "Give a program with its arguments, or --raw, and not both.");
    }
    const variables = environmentOf(env);
    const { payload, answer } = await askNode(context, options, (node) => ({
      command: "system.run",
      params: given({
        command: raw === undefined ? [...words] : shellOf(node, raw),
        rawCommand: raw,
        cwd,
        env: variables,
        timeoutMs,
        agentId,
        needsScreenRecording: needsScreenRecording || undefined,
      }),
    }));
    const { stdout, stderr, exitCode, success } = isRecord(payload) ? payload : {};
    const failed = success === false || (typeof exitCode === "number" && exitCode !== 0);
    return { data: answer, view: [...written(stdout), ...written(stderr)], exitCode: failed ? 1 : 0 };
  },
});

function shellOf({ platform = "" }: NodeRow, line: string): readonly string[] {
  return /^win/iu.test(platform) ? ["cmd.exe", "/c", line] : ["/bin/sh", "-lc", line];
}

function environmentOf(pairs: readonly string[]): Readonly<Record<string, string>> | undefined {
  if (pairs.length === 0) return undefined;
  const entries = pairs.map((pair) => {
    const at = pair.indexOf("=");
    if (at > 0) return [pair.slice(0, at), pair.slice(at + 1)] as const;
    throw new CliError("usage", `--env ${pair} has no value.`, "Give it as name=value.");
  });
  return Object.fromEntries(entries);
}

function written(stream: unknown): readonly Block[] {
  return typeof stream === "string" && stream !== "" ? [{ kind: "verbatim", text: stream }] : [];
}
