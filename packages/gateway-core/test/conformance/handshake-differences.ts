const IDS =
  "cli, gateway-client, webchat, webchat-ui, openclaw-control-ui, openclaw-tui, openclaw-macos, openclaw-ios, openclaw-android, openclaw-linux, openclaw-watchos, openclaw-browser-copilot, openclaw-worker, openclaw-probe, node-host, fingerprint, test";
const MODES = "cli, ui, webchat, backend, node, probe, worker, test";
const NAMED = {
  "client.id bogus": `INVALID_REQUEST: invalid connect params: at /client/id: must be equal to one of the allowed values (${IDS}); closed 1008`,
  "client.mode bogus (operator)": `INVALID_REQUEST: invalid connect params: at /client/mode: must be equal to one of the allowed values (${MODES}); closed 1008`,
};

/** What handshakes come to here and did not come to when they were recorded: by the reason, by the recorded label. */
export const HANDSHAKE_DIFFERENCES: Readonly<
  Record<3 | 4, Readonly<Record<string, Readonly<Record<string, string>>>>>
> = {
  3: {
    "An error names what is allowed.": NAMED,
    "config.get shows no credential, so operator.read is enough, as in protocol 4.": {
      "device: scopes bogus":
        "let in; missing scope: operator.read; missing scope: operator.write; missing scope: operator.pairing; missing scope: operator.approvals",
      "device: scopes read only":
        "let in; missing scope: operator.write; missing scope: operator.pairing; missing scope: operator.approvals",
      "device: scopes write only": "let in; missing scope: operator.pairing; missing scope: operator.approvals",
    },
    "Names of clients are the same for both generations.": { "no device: openclaw-tui/ui": "let in" },
    "The secret is looked for in auth.password too, as in protocol 4.": { "password instead of token": "let in" },
  },
  4: {
    "An error names what is allowed.": NAMED,
    "The secret gives every kind of program what it asks for; what a program calls itself proves nothing.": {
      "no device: gateway-client/cli": "let in",
      "no device: openclaw-macos/ui": "let in",
      "no device: openclaw-probe/probe": "let in",
      "no device: openclaw-tui/ui": "let in",
      "no device: test/test": "let in",
    },
    "No page can leave its origin out, and a foreign one was refused at the upgrade.": {
      "no device: openclaw-control-ui/webchat no origin":
        "INVALID_REQUEST: control ui requires device identity (use HTTPS or localhost secure context) (CONTROL_UI_DEVICE_IDENTITY_REQUIRED); closed 1008",
      "no device: webchat/webchat": "let in",
    },
    "The parameters are checked before the role, as in protocol 3.": {
      "role empty string":
        "INVALID_REQUEST: invalid connect params: at /role: must NOT have fewer than 1 characters; closed 1008",
    },
  },
};
