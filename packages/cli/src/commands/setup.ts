import { defineCommand } from "../command.ts";
import { flag, integer, refused, text } from "../command-line/options.ts";
import { line, toned } from "../output.ts";
import { setUpBlocks } from "../views/set-up.ts";

/** R3.7, R4.4. */
export const command = defineCommand({
  name: "setup",
  summary: "Create the configuration, a token and the agent's workspace",
  description: "Makes what is missing and never overwrites what is there, so running it again is safe.",
  arguments: {},
  options: {
    workspace: text("--workspace <dir>", "The agent's workspace (default: inside the state directory)"),
    port: integer("--port <number>", { minimum: 1, maximum: 65_535 }, "Write this port into a new configuration"),
    wizard: refused("--wizard", "the setup wizard is not part of this version"),
    json: flag("--json", "Print JSON for scripts"),
  },
  examples: [
    { line: "setup", does: "Sets up the default gateway in ~/.openclaw." },
    { line: "--profile work setup --port 19789", does: "Sets up a second gateway beside it." },
  ],
  async run(context, { options }) {
    const result = await context.host.setUp(context.selection, {
      ...(options.workspace === undefined ? {} : { workspace: options.workspace }),
      ...(options.port === undefined ? {} : { port: options.port }),
    });
    return {
      data: {
        profile: result.location.profile,
        stateDir: result.location.stateDir,
        configPath: result.location.configPath,
        workspace: result.location.workspaceDir,
        port: result.location.port,
        created: result.created,
        kept: result.kept,
        notes: result.notes,
      },
      view: [
        ...setUpBlocks(result),
        line([
          "Next: ",
          toned("strong", `${context.self} gateway`),
          " runs it, ",
          toned("strong", `${context.self} status`),
          " looks at it.",
        ]),
      ],
    };
  },
});
