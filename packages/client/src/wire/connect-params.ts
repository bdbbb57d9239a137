import type { ConnectParams as WireConnectParams, ResumePoint } from "@openclaw/protocol";

import type { ClientOptions, ResolvedOptions } from "../options.ts";

/** What `connect` takes. Which client ids and modes there are is the gateway's to judge: they grow with it. */
export type ConnectParams = Omit<WireConnectParams, "client"> & { readonly client: ClientOptions["client"] };

/** What the gateway says first. Source: the recorded `connect.challenge`. */
export interface Challenge {
  readonly nonce: string;
  /** The gateway's clock, in epoch milliseconds. */
  readonly ts: number | undefined;
}

/**
 * Makes the parameters of `connect` for one socket. The challenge is undefined when the gateway sent none in time. It
 * may take its time, as signing in a browser does.
 */
export type BuildConnectParams = (challenge: Challenge | undefined) => ConnectParams | Promise<ConnectParams>;

/** Tells a gateway that this client knows how to take its events up again. */
const RESUME_CAP = "resume";

/** The parameters for a shared token or password, which need nothing of the challenge. Source: R5.1. */
export function sharedSecretParams(options: ResolvedOptions, resume: ResumePoint | undefined): ConnectParams {
  const { client, token, password, locale, userAgent, role, scopes, caps = [], offer } = options;
  const { id, mode, version, platform, displayName, instanceId, deviceFamily } = client;
  return {
    minProtocol: options.protocol.minimum,
    maxProtocol: options.protocol.maximum,
    client: {
      id,
      mode,
      version,
      platform,
      ...(displayName === undefined ? {} : { displayName }),
      ...(instanceId === undefined ? {} : { instanceId }),
      ...(deviceFamily === undefined ? {} : { deviceFamily }),
    },
    caps: options.resume && !caps.includes(RESUME_CAP) ? [...caps, RESUME_CAP] : [...caps],
    ...(offer === undefined
      ? {}
      : {
          commands: [...offer.commands],
          permissions: { ...offer.permissions },
          ...(offer.pathEnv === undefined ? {} : { pathEnv: offer.pathEnv }),
        }),
    role,
    ...(scopes === undefined ? {} : { scopes: [...scopes] }),
    ...(token === undefined && password === undefined
      ? {}
      : { auth: { ...(token === undefined ? {} : { token }), ...(password === undefined ? {} : { password }) } }),
    ...(locale === undefined ? {} : { locale }),
    ...(userAgent === undefined ? {} : { userAgent }),
    ...(resume === undefined ? {} : { resume }),
  };
}
