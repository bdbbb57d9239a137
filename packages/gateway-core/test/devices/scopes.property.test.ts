import { METHODS, type MethodName, type Role, SCOPES } from "@openclaw/protocol";
import { createTempDirectory } from "@openclaw/testkit/temp-directory";
import fastCheck from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { Device } from "../support/device.ts";
import { connectParams } from "../support/plane.ts";
import { type AnyFrame, RawClient } from "../support/raw-client.ts";
import { startGateway } from "../support/running-gateway.ts";

/** What each scope gives, written down apart from the code that decides it. */
const GIVES: Readonly<Record<string, readonly string[]>> = {
  "operator.admin": SCOPES,
  "operator.write": ["operator.write", "operator.read"],
};

type Reach = "reached" | "no scope" | "no role";

interface Session {
  readonly role: Role;
  readonly scopes: readonly string[];
}

function given(scopes: readonly string[]): ReadonlySet<string> {
  return new Set(scopes.flatMap((scope) => GIVES[scope] ?? [scope]));
}

function expectedReach(method: MethodName, { role, scopes }: Session): Reach {
  const row: { readonly roles: readonly Role[]; readonly scope: string | null } = METHODS[method];
  if (!row.roles.includes(role)) return "no role";
  return role === "node" || row.scope === null || given(scopes).has(row.scope) ? "reached" : "no scope";
}

/** Whether a call got past the checks of role and scope. Its parameters are wrong, so it gets no further than that. */
async function reachOf(client: RawClient, method: string): Promise<Reach> {
  const { error } = await client.request(method, []);
  if (error?.message.startsWith("missing scope: ") === true) return "no scope";
  if (error?.message.startsWith("unauthorized role: ") === true) return "no role";
  expect(error?.message).toBe(`invalid ${method} params: must be object`);
  return "reached";
}

function tokenOf(hello: AnyFrame): string {
  const auth = hello.payload?.["auth"] as { readonly deviceToken?: string } | undefined;
  return String(auth?.deviceToken);
}

const PASSWORD = "the-password-of-the-gateway";
const dialects = [3, 4] as const;
const manyScopes = fastCheck.subarray([...SCOPES]);
const claims = fastCheck.subarray([...SCOPES, "operator.bogus", "operator.talk", "admin", "*"]);

describe.each(["token", "password"] as const)("with a shared %s", (mode) => {
  let gateway: Awaited<ReturnType<typeof startGateway>>;
  let directory: Awaited<ReturnType<typeof createTempDirectory>>;
  let served: readonly MethodName[];
  beforeAll(async () => {
    directory = await createTempDirectory();
    gateway = await startGateway(directory.path, {
      config: { gateway: { mode: "local", auth: { mode, [mode]: PASSWORD } }, channels: { memory: {} } },
      routes: [{ method: "GET", path: "/mine", auth: "gateway", handle: () => ({ body: "mine" }) }],
    });
    await using client = await gateway.connect();
    const hello = await client.answer("hello");
    const features = hello.payload?.["features"] as { readonly methods: readonly MethodName[] } | undefined;
    served = (features?.methods ?? []).filter((name) => name in METHODS);
    expect(served.length).toBeGreaterThan(40);
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
    await directory[Symbol.asyncDispose]();
  });

  async function attempt(changes: Readonly<Record<string, unknown>>, device?: Device) {
    const client = await RawClient.open(gateway.url);
    const {
      auth = {},
      role = "operator",
      scopes = [],
    } = changes as {
      auth?: { token?: string };
      role?: Role;
      scopes?: string[];
    };
    const signed = { role, scopes, token: auth.token ?? "", nonce: client.nonce, signedAt: Date.now() };
    const proof = device && { device: device.proof(signed) };
    const answer = await client.request("connect", connectParams({ auth, role, scopes, ...changes, ...proof }));
    return { client, answer };
  }

  /** Holds what every served method does against what its declared scope says. */
  async function expectReach(client: RawClient, session: Session, methods = served): Promise<void> {
    const reached = await Promise.all(methods.map(async (method) => [method, await reachOf(client, method)]));
    expect(reached).toEqual(methods.map((method) => [method, expectedReach(method, session)]));
  }

  it("nobody is let in with no credential or a wrong one, whatever they claim", async () => {
    for (const protocol of dialects)
      for (const role of ["operator", "node"] as const)
        for (const auth of [{}, { token: "wrong" }, { password: "wrong" }, { token: "", password: "" }])
          for (const device of [undefined, new Device()]) {
            const versions = { minProtocol: protocol, maxProtocol: protocol };
            const { client, answer } = await attempt({ ...versions, role, auth, scopes: [...SCOPES] }, device);
            await using _ = client;
            expect(answer.ok).toBe(false);
            expect((await client.close()).code).toBe(1008);
          }
  });

  it("every method needs exactly the scope that it declares, of what the connection asked for", async () => {
    await fastCheck.assert(
      fastCheck.asyncProperty(
        claims,
        fastCheck.constantFrom(...dialects),
        fastCheck.boolean(),
        async (scopes, protocol, has) => {
          const device = has ? new Device() : undefined;
          const versions = { minProtocol: protocol, maxProtocol: protocol };
          const { client, answer } = await attempt({ ...versions, auth: { [mode]: PASSWORD }, scopes }, device);
          await using _ = client;
          expect(answer.ok).toBe(true);
          const all = protocol === 3 && scopes.length === 0 ? ["operator.admin"] : scopes;
          await expectReach(client, { role: "operator", scopes: all });
        },
      ),
      { numRuns: 12 },
    );
  });

  it("GHSA-rqpp a device's token gives what it carries, however much is claimed", async () => {
    const device = new Device();
    await fastCheck.assert(
      fastCheck.asyncProperty(
        fastCheck.record({ granted: manyScopes, kept: manyScopes, claimed: claims }),
        fastCheck.constantFrom(...dialects),
        async ({ granted, kept, claimed }, protocol) => {
          await gateway.call("device.pair.remove", { deviceId: device.id }).catch(() => {});
          const paired = await attempt({ auth: { [mode]: PASSWORD }, scopes: granted }, device);
          await paired.client[Symbol.asyncDispose]();
          // The token may carry less than was approved.
          const carried = granted.filter((scope) => kept.includes(scope));
          const rotation = { deviceId: device.id, role: "operator", scopes: carried, showToken: true };
          const { token } = await gateway.call("device.token.rotate", rotation);
          const versions = { minProtocol: protocol, maxProtocol: protocol };
          const { client, answer } = await attempt({ ...versions, auth: { token }, scopes: claimed }, device);
          await using _ = client;
          const has = given(carried);
          const isCovered = claimed.every((scope) => has.has(scope) || !SCOPES.some((known) => known === scope));
          expect(answer.ok).toBe(isCovered);
          if (!isCovered) return;
          const all = protocol === 3 && claimed.length === 0 ? carried : claimed;
          await expectReach(client, { role: "operator", scopes: all });
        },
      ),
      { numRuns: 16 },
    );
  });

  it("a node reaches what nodes may, and its token opens nothing else", async () => {
    for (const protocol of dialects) {
      const device = new Device();
      const versions = { minProtocol: protocol, maxProtocol: protocol };
      const node = { ...versions, role: "node", scopes: [...SCOPES] };
      const first = await attempt({ ...node, auth: { [mode]: PASSWORD } }, device);
      const token = tokenOf(first.answer);
      await first.client[Symbol.asyncDispose]();
      const { client, answer } = await attempt({ ...node, auth: { token } }, device);
      await using _ = client;
      expect(answer.ok).toBe(true);
      await expectReach(client, { role: "node", scopes: [] });
      const operator = await attempt({ ...versions, auth: { token }, scopes: ["operator.read"] }, device);
      await using __ = operator.client;
      expect(operator.answer.error?.message).toMatch(/^unauthorized: /);
    }
  });

  it("a device's token is no bearer of HTTP and no secret of anybody else", async () => {
    const device = new Device();
    const { client, answer } = await attempt({ auth: { [mode]: PASSWORD }, scopes: ["operator.admin"] }, device);
    await using _ = client;
    const token = tokenOf(answer);
    const statusWith = async (bearer: string) =>
      (await fetch(`http://127.0.0.1:${gateway.port}/mine`, { headers: { authorization: `Bearer ${bearer}` } })).status;
    expect([await statusWith(token), await statusWith(PASSWORD)]).toEqual([401, 200]);
    for (const other of [undefined, new Device()])
      for (const auth of [{ token }, { password: token }, { deviceToken: token }]) {
        const stranger = await attempt({ auth, scopes: ["operator.read"] }, other);
        await using __ = stranger.client;
        expect(stranger.answer.ok).toBe(false);
      }
  });
});
