import * as z from "zod";

import { chatCompletionsPart, nodesBrowserPart, reloadPart, responsesPart, tailscalePart } from "./later/surfaces.ts";
import { flag, later, laterPart, part, secretText, text, texts, whole } from "./notes.ts";

const PORT_MAXIMUM = 65_535;

const auth = z.strictObject({
  mode: z
    .enum(["token", "password"])
    .optional()
    .describe("Which credential clients present. Without it: token, unless only a password is set."),
  token: secretText("The shared token. OPENCLAW_GATEWAY_TOKEN and --token come first.").optional(),
  password: secretText("The shared password. OPENCLAW_GATEWAY_PASSWORD and --password come first.").optional(),
  allowTailscale: flag(
    "Let people of the tailnet in without a token, as Tailscale Serve names them and the local tailscale confirms. Default: off.",
  ).default(false),
});

const remote = z.strictObject({
  url: text("WebSocket address of the gateway that the CLI talks to in remote mode.").optional(),
  token: secretText("Token the CLI presents to the remote gateway; never enables local auth.").optional(),
  password: secretText("Password the CLI presents to the remote gateway; never enables local auth.").optional(),
  transport: later(z.enum(["ssh", "direct"]).describe("How the macOS app reaches the remote gateway.")),
  tlsFingerprint: text(
    "SHA-256 fingerprint that the certificate of a wss:// address must have; authorities then do not matter.",
  ).optional(),
  sshTarget: later(text("Default SSH target of gateway probe.")),
  sshIdentity: later(text("Default SSH identity file of gateway probe.")),
});

const controlUi = z.strictObject({
  allowedOrigins: texts(
    "Web origins, besides the gateway's own, whose pages may open the WebSocket, for example https://ui.example.org.",
  ).default([]),
  enabled: later(flag("Serve the browser app."), false),
  basePath: later(text("URL prefix of the browser app.")),
  allowInsecureAuth: flag(
    "Let the browser app in with the gateway's token alone where it can have no key: on http:// pages of other machines. Default: off.",
  ).default(false),
  dangerouslyDisableDeviceAuth: flag(
    "Let the browser app in with the gateway's token alone, from anywhere, whatever its key: nobody has to approve it. Default: off.",
  ).default(false),
});

const tlsPart = () =>
  z.strictObject({
    enabled: flag(
      "Speak wss:// and https:// only. false, written out, says that something else encrypts: a proxy or a tunnel.",
    ).optional(),
    autoGenerate: flag(
      "Make a certificate where none is given, and keep it in the state directory. Default true.",
    ).optional(),
    certPath: text("A certificate of your own with its chain, PEM.").optional(),
    keyPath: text("The key of that certificate, PEM, without a passphrase.").optional(),
    caPath: text("More certificates of the chain, PEM.").optional(),
  });

/** `gateway`: where the gateway listens and who may connect. */
export const gatewaySchema = z.strictObject({
  mode: z
    .enum(["local", "remote"])
    .optional()
    .describe(
      "local runs a gateway on this machine; remote makes the CLI a client of another one. A gateway starts only with local.",
    ),
  port: whole(
    1,
    PORT_MAXIMUM,
    "TCP port of WebSocket and HTTP. Without it 18789, and 19001 in the dev profile.",
  ).optional(),
  bind: z
    .enum(["loopback", "lan", "tailnet", "auto", "custom"])
    .default("loopback")
    .describe(
      "Which address to listen on: 127.0.0.1, 0.0.0.0, the Tailscale address, loopback if possible, or customBindHost.",
    ),
  customBindHost: text("The address to listen on when bind is custom.").optional(),
  auth: auth.prefault({}),
  controlUi: controlUi.prefault({}),
  trustedProxies: texts("Addresses of reverse proxies whose forwarded headers are believed.").default([]),
  remote: remote.optional(),
  tailscale: laterPart(tailscalePart, { mode: "off" }),
  tls: part("Encryption of the gateway's own port.", tlsPart),
  reload: laterPart(reloadPart, { mode: "off" }),
  http: z
    .strictObject({
      endpoints: z
        .strictObject({
          chatCompletions: laterPart(chatCompletionsPart, { enabled: false }),
          responses: laterPart(responsesPart, { enabled: false }),
        })
        .optional(),
    })
    .optional(),
  nodes: z
    .strictObject({
      commands: z
        .strictObject({
          allow: texts("Commands that nodes may be asked beyond those of their platform, such as sms.send.").default(
            [],
          ),
          deny: texts("Commands that no node is asked; goes before allow.").default([]),
        })
        .optional()
        .describe("What node.invoke may ask of nodes. A node must also declare a command."),
      browser: laterPart(nodesBrowserPart, { mode: "off" }),
    })
    .optional()
    .describe("Devices that offer capabilities."),
  token: later(secretText("Has no effect; the token is gateway.auth.token.")),
});
