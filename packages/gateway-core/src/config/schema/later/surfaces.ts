import * as z from "zod";

const count = () => z.int().nonnegative();
const text = () => z.string().optional();
const flag = () => z.boolean().optional();
const port = () => z.int().min(1).max(65_535).optional();

export const canvasHostPart = () => z.strictObject({ enabled: flag(), root: text(), port: port(), liveReload: flag() });

export const browserPart = () =>
  z.strictObject({
    enabled: flag(),
    evaluateEnabled: flag(),
    cdpUrl: text(),
    defaultProfile: text(),
    profiles: z
      .record(z.string(), z.strictObject({ cdpPort: port(), cdpUrl: text(), color: text(), driver: text() }))
      .optional(),
    headless: flag(),
    noSandbox: flag(),
    attachOnly: flag(),
    executablePath: text(),
    color: text(),
    remoteCdpTimeoutMs: count().optional(),
    remoteCdpHandshakeTimeoutMs: count().optional(),
    snapshotDefaults: z.strictObject({ mode: text() }).optional(),
  });

export const webPart = () =>
  z.strictObject({
    enabled: flag(),
    heartbeatSeconds: z.int().positive().optional(),
    reconnect: z
      .strictObject({
        initialMs: z.number().nonnegative().optional(),
        maxMs: z.number().nonnegative().optional(),
        factor: z.number().min(1).optional(),
        jitter: z.number().min(0).max(1).optional(),
        maxAttempts: count().optional(),
      })
      .optional(),
  });

export const uiPart = () =>
  z.strictObject({ seamColor: text(), assistant: z.strictObject({ name: text(), avatar: text() }).optional() });

export const talkPart = () =>
  z.strictObject({
    voiceId: text(),
    voiceAliases: z.record(z.string(), z.string()).optional(),
    modelId: text(),
    outputFormat: text(),
    apiKey: text(),
    interruptOnSpeech: flag(),
  });

export const nodeHostPart = () => z.strictObject({ browserProxy: z.looseObject({ enabled: flag() }).optional() });

export const updatePart = () => z.strictObject({ checkOnStart: flag(), channel: text() });

export const mdnsPart = () => z.strictObject({ mode: z.enum(["minimal", "full", "off"]).optional() });
export const wideAreaPart = () => z.looseObject({ enabled: flag() });

export const tailscalePart = () =>
  z.strictObject({ mode: z.enum(["off", "serve", "funnel"]).optional(), resetOnExit: flag() });

export const reloadPart = () =>
  z.strictObject({ mode: z.enum(["hybrid", "hot", "restart", "off"]).optional(), debounceMs: count().optional() });

export const nodesBrowserPart = () => z.strictObject({ mode: text(), node: text() });

export const chatCompletionsPart = () => z.strictObject({ enabled: flag() });

const fetched = {
  allowUrl: flag(),
  allowedMimes: z.array(z.string()).optional(),
  maxBytes: count().optional(),
  maxRedirects: count().optional(),
  timeoutMs: count().optional(),
};

export const responsesPart = () =>
  z.strictObject({
    enabled: flag(),
    maxBodyBytes: count().optional(),
    images: z.strictObject(fetched).optional(),
    files: z
      .strictObject({
        ...fetched,
        maxChars: count().optional(),
        pdf: z
          .strictObject({
            maxPages: count().optional(),
            maxPixels: count().optional(),
            minTextChars: count().optional(),
          })
          .optional(),
      })
      .optional(),
  });
