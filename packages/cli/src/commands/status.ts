import { defineCommand } from "../command.ts";
import { flag } from "../command-line/options.ts";
import { RPC_OPTIONS } from "../command-line/rpc-options.ts";
import { EXIT } from "../exit-codes.ts";
import { type Answers, askAll } from "../gateway/answers.ts";
import { probeGateway } from "../gateway/probe.ts";
import { resolveTarget } from "../gateway/target.ts";
import { statusBlocks } from "../views/status.ts";

/** R8.1, R6.2. */
export const command = defineCommand({
  name: "status",
  summary: "Show the gateway, its channels and its sessions at a glance",
  description: "Exits 3 when no gateway answers. Holds no secrets, so it can be pasted into a report.",
  arguments: {},
  options: {
    deep: flag("--deep", "Ask every channel now, in place of its last known state"),
    all: flag("--all", "Also who is connected and the end of the log"),
    ...RPC_OPTIONS,
  },
  examples: [
    { line: "status", does: "An overview." },
    { line: "status --all", does: "Everything a report about a problem should hold." },
  ],
  async run(context, { options }) {
    const location = await context.host.locate(context.selection);
    const target = resolveTarget(location, options);
    let answers: Answers | undefined;
    const probe = await probeGateway(context, options, async (connection) => {
      answers = await askAll(connection, options);
    });
    const report = {
      cliVersion: context.host.version,
      profile: location.profile,
      stateDir: location.stateDir,
      workspace: location.workspaceDir,
      config: {
        path: location.configPath,
        exists: location.exists,
        ...(location.problem === undefined ? {} : { problem: location.problem }),
      },
      gateway: {
        url: target.url,
        urlSource: target.urlSource,
        mode: location.mode ?? null,
        reachable: probe.ok,
        ...probe,
      },
      ...answers,
    };
    return {
      data: report,
      view: statusBlocks({ location, target, probe, answers, cliVersion: context.host.version, self: context.self }),
      exitCode: probe.ok ? EXIT.ok : EXIT[probe.error.kind],
    };
  },
});
