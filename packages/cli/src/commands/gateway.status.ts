import { defineCommand } from "../command.ts";
import { negatableFlag, refused } from "../command-line/options.ts";
import { RPC_OPTIONS } from "../command-line/rpc-options.ts";
import { EXIT } from "../exit-codes.ts";
import { probeGateway, type Probe } from "../gateway/probe.ts";
import { resolveTarget, type Target } from "../gateway/target.ts";
import { type Block, fields, line, type Text, toned } from "../output.ts";
import { duration } from "../views/duration.ts";

const NO_SERVICES =
  "Installing the gateway as a service is not part of this version; run it in the foreground, or under a supervisor of your own.";

/** R7.7, as far as it concerns the gateway itself. */
export const command = defineCommand({
  name: "gateway status",
  summary: "Show where the gateway should be, and whether it answers there",
  arguments: {},
  options: {
    probe: negatableFlag("--no-probe", "Only say where it should be; ask nobody"),
    deep: refused("--deep", "looking for installed services is not part of this version"),
    ...RPC_OPTIONS,
  },
  examples: [{ line: "gateway status --json", does: "The same for a script; exits 3 when nobody answers." }],
  async run(context, { options }) {
    const location = await context.host.locate(context.selection);
    const target = resolveTarget(location, options);
    const probe = options.probe ? await probeGateway(context, options) : undefined;
    return {
      data: {
        profile: location.profile,
        config: {
          path: location.configPath,
          exists: location.exists,
          mode: location.mode ?? null,
          ...(location.problem === undefined ? {} : { problem: location.problem }),
        },
        stateDir: location.stateDir,
        target: {
          url: target.url,
          source: target.urlSource,
          credential: target.credential?.source ?? null,
          tlsFingerprint: target.tlsFingerprint ?? null,
        },
        cliVersion: context.host.version,
        rpc: probe ?? null,
        service: { supported: false, note: NO_SERVICES },
      },
      view: view(target, probe, context.host.version),
      exitCode: probe === undefined || probe.ok ? EXIT.ok : EXIT[probe.error.kind],
    };
  },
});

function view(target: Target, probe: Probe | undefined, cliVersion: string): readonly Block[] {
  const { location } = target;
  const configuration: Text = location.exists
    ? `${location.configPath} (gateway.mode ${location.mode ?? "not set"})`
    : [location.configPath, toned("warn", " (not there)")];
  return [
    fields(
      ["profile", location.profile],
      ["configuration", configuration],
      ["probe target", `${target.url} (from ${target.urlSource})`],
      [
        "credential",
        target.credential === undefined
          ? toned("warn", "none found")
          : `${target.credential.kind} from ${target.credential.source}`,
      ],
      ...(target.tlsFingerprint === undefined ? [] : [["certificate", `SHA-256 ${target.tlsFingerprint}`] as const]),
      ["RPC", probeText(probe)],
      ...(probe?.ok === true
        ? [
            [
              "listening",
              `${target.url}, version ${probe.version}${probe.uptimeMs === undefined ? "" : `, up ${duration(probe.uptimeMs)}`}`,
            ] as const,
          ]
        : []),
      ["this program", `openclaw ${cliVersion}`],
    ),
    ...(location.problem === undefined ? [] : [line([toned("bad", "! "), location.problem])]),
    ...(probe?.ok === false
      ? [line([toned("bad", "! "), probe.error.message]), line(`  ${probe.error.remedy ?? ""}`)]
      : []),
    line(toned("dim", NO_SERVICES)),
  ];
}

function probeText(probe: Probe | undefined): Text {
  if (probe === undefined) return toned("dim", "not asked");
  return probe.ok
    ? [toned("good", "ok"), ` (connected in ${Math.round(probe.connectMs)} ms)`]
    : toned("bad", probe.error.kind);
}
