import { defineCommand } from "../command.ts";
import { flag, integer } from "../command-line/options.ts";
import { runToTheEnd } from "../gateway/run.ts";
import type { GatewayLocation, ListeningAddress } from "../host.ts";
import { type Block, emptyLine, fields, heading, line, toned } from "../output.ts";
import { setUpBlocks } from "../views/set-up.ts";

export const command = defineCommand({
  name: "start",
  summary: "Set up a gateway if needed, run it, and show what to try",
  description: "The first thing to run. With --dev it uses the profile dev, which needs no account and no key.",
  arguments: {},
  options: {
    port: integer("--port <number>", { minimum: 0, maximum: 65_535 }, "Port of WebSocket and HTTP; 0 takes a free one"),
    verbose: flag("--verbose", "Show debug messages in the terminal too"),
  },
  examples: [{ line: "--dev start", does: "A gateway on port 19001 that answers at once." }],
  async *run(context, { options }) {
    const { host, selection, self } = context;
    const made = await host.setUp(selection, {});
    if (made.created.length > 0) yield { view: setUpBlocks(made) };
    const listening = Promise.withResolvers<ListeningAddress>();
    const running = host.runGateway(
      {
        selection,
        ...(options.port === undefined ? {} : { port: options.port }),
        allowUnconfigured: false,
        skipChannels: false,
        force: false,
        verbose: options.verbose,
        wsLog: "auto",
        onListening: listening.resolve,
      },
      host.signal,
    );
    const first = await Promise.race([listening.promise, running]);
    if ("url" in first) yield { view: nextSteps(first, made.location, self) };
    yield await runToTheEnd(running);
  },
});

function nextSteps(address: ListeningAddress, location: GatewayLocation, self: string): readonly Block[] {
  const attempt = (words: string, does: string): Block =>
    line(["  ", toned("strong", `${self} ${words}`), toned("dim", `   ${does}`)]);
  return [
    heading("OpenClaw is running."),
    fields(
      ["  page", toned("accent", address.pageUrl)],
      ["  clients", address.url],
      ["  configuration", location.configPath],
    ),
    emptyLine,
    line("Try this in another terminal:"),
    attempt(`agent --message "hi"`, "talk to the agent"),
    attempt("health", "see what works"),
    attempt("logs --follow", "watch it"),
    emptyLine,
    line(
      `To answer on Telegram, add  channels: { telegram: { botToken: "…" } }  to the configuration and start again.`,
    ),
    line("Ctrl+C stops it."),
    emptyLine,
  ];
}
