import { createHash } from "node:crypto";

export interface PageFacts {
  readonly version: string;
  readonly uptimeMs: number;
}

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 42rem; margin: 3rem auto; padding: 0 1rem; }
code { font-family: ui-monospace, monospace; }
dt { font-weight: 600; margin-top: .75rem; }
dd { margin: 0; }
`;
const STYLE_HASH = createHash("sha256").update(STYLE).digest("base64");

/** For pages of the gateway itself: one style element, and nothing else at all. */
export const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** What runs here and how to talk to it. Holds no path, no name and no credential: anyone may read it. */
export function statusPage({ version, uptimeMs }: PageFacts): string {
  return page(
    "OpenClaw gateway",
    `<h1>OpenClaw gateway</h1>
<p>Version ${escape(version)}, running for ${duration(uptimeMs)}.</p>
<dl>
<dt>From a terminal</dt>
<dd><code>openclaw status</code>, <code>openclaw health</code>, <code>openclaw agent --message "hi"</code></dd>
<dt>From a program</dt>
<dd>A WebSocket to this address, on any path. The first message is a <code>connect</code> request with the gateway's token; the answer, <code>hello-ok</code>, lists what can be asked.</dd>
<dt>From a supervisor</dt>
<dd><code>GET /healthz</code> (alive), <code>GET /readyz</code> (everything works), <code>GET /startupz</code> (has started)</dd>
</dl>`,
  );
}

export function notFoundPage(): string {
  return page(
    "Not found",
    `<h1>Not found</h1>\n<p>The gateway has no page here. <a href="/">Its front page</a> says what there is.</p>`,
  );
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
${body}
</body>
</html>
`;
}

function duration(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return "less than a minute";
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} days`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
