import { defineCommand } from "../command.ts";
import { choice, flag, integer, refused, text, withDefault } from "../command-line/options.ts";
import { CliError } from "../errors.ts";
import type { ProfileSelection } from "../host.ts";
import { runToTheEnd } from "../gateway/run.ts";
import { setUpBlocks } from "../views/set-up.ts";

const TAILSCALE = "Tailscale is not part of this version; use an SSH tunnel, or run tailscale serve yourself";
const RAW_STREAM = "recording the raw model stream is not part of this version";

/** R1.1 to R1.9. */
export const command = defineCommand({
  name: "gateway run",
  summary: "Run a gateway in the foreground until it is stopped",
  description: "`openclaw gateway` alone does the same.",
  arguments: {},
  options: {
    port: integer("--port <number>", { minimum: 0, maximum: 65_535 }, "Port of WebSocket and HTTP; 0 takes a free one"),
    bind: choice("--bind <mode>", ["loopback", "lan", "tailnet", "auto", "custom"], "Addresses to listen on"),
    auth: choice("--auth <mode>", ["token", "password"], "What clients must present"),
    token: text(
      "--token <token>",
      "The token (other users of this machine can see it; better: OPENCLAW_GATEWAY_TOKEN)",
    ),
    password: text("--password <password>", "The password (the same holds; better: OPENCLAW_GATEWAY_PASSWORD)"),
    allowUnconfigured: flag("--allow-unconfigured", "Start although gateway.mode is not local"),
    dev: flag("--dev", "Set up the profile dev if needed, and run it without channels"),
    reset: flag("--reset", "With --dev: move the profile's state aside and set it up anew"),
    force: flag("--force", "First end whoever listens on the port (needs lsof)"),
    verbose: flag("--verbose", "Show debug messages in the terminal too"),
    wsLog: withDefault(
      choice("--ws-log <style>", ["auto", "full", "compact"], "How WebSocket traffic is logged"),
      "auto",
    ),
    compact: flag("--compact", "The same as --ws-log compact"),
    tailscale: refused("--tailscale <mode>", TAILSCALE),
    tailscaleResetOnExit: refused("--tailscale-reset-on-exit", TAILSCALE),
    claudeCliLogs: refused("--claude-cli-logs", "there is no Claude CLI backend in this version"),
    rawStream: refused("--raw-stream", RAW_STREAM),
    rawStreamPath: refused("--raw-stream-path <path>", RAW_STREAM),
  },
  examples: [
    { line: "gateway", does: "Runs the default gateway on port 18789." },
    { line: "--dev gateway --allow-unconfigured", does: "Runs the gateway of the profile dev on port 19001." },
    { line: "gateway --port 20000 --verbose", does: "Another port, with debug messages." },
  ],
  async *run(context, { options }) {
    if (options.reset && !options.dev) {
      throw new CliError("usage", "--reset is for --dev only.", `See: ${context.host.invocation} gateway run --help`);
    }
    const selection = options.dev ? await developmentProfile(context.selection, context.host) : context.selection;
    if (options.dev) {
      const made = await context.host.setUp(selection, { reset: options.reset });
      yield { view: made.created.length === 0 ? [] : setUpBlocks(made) };
    }
    const { port, bind, auth, token, password } = options;
    yield await runToTheEnd(
      context.host.runGateway(
        {
          selection,
          ...(port === undefined ? {} : { port }),
          ...(bind === undefined ? {} : { bind }),
          ...(auth === undefined ? {} : { authMode: auth }),
          ...(token === undefined ? {} : { token }),
          ...(password === undefined ? {} : { password }),
          allowUnconfigured: options.allowUnconfigured,
          skipChannels: options.dev,
          force: options.force,
          verbose: options.verbose,
          wsLog: options.compact ? "compact" : options.wsLog,
        },
        context.host.signal,
      ),
    );
  },
});

/** `gateway --dev` never touches the default profile: without another choice it means the profile dev. */
async function developmentProfile(
  selection: ProfileSelection,
  host: { locate(selection: ProfileSelection): Promise<{ readonly profile: string }> },
): Promise<ProfileSelection> {
  const { profile } = await host.locate(selection);
  return { profile: profile === "default" ? "dev" : profile };
}
