/** Set when the program is bundled; absent when it runs from its sources. */
declare const OPENCLAW_VERSION: string | undefined;

/** The version of the published package. */
export const version = typeof OPENCLAW_VERSION === "string" ? OPENCLAW_VERSION : "0.0.0-source";
