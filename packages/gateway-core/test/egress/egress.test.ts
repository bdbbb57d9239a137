import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";

import { describe, expect, it } from "vitest";

import { createEgress, type EgressOptions } from "../../src/egress/egress.ts";
import { isPublicAddress } from "../../src/egress/public-address.ts";
import { systemClock } from "../../src/index.ts";

const LIMITS = { maxBytes: 100_000, maxRedirects: 3, timeoutMs: 5_000, userAgent: "test" };
/** A second loopback address stands for the public internet; the first one stays what it is. */
const OUTSIDE = "127.0.0.2";

function get(url: string, options: Partial<EgressOptions> = {}, limits: Partial<typeof LIMITS> = {}) {
  const egress = createEgress({
    clock: systemClock,
    isAllowed: (address) => address === OUTSIDE || isPublicAddress(address),
    resolve: async () => [OUTSIDE],
    ...options,
  });
  return egress.get(url, { ...LIMITS, ...limits }, new AbortController().signal);
}

async function serve(listener: RequestListener, host = OUTSIDE) {
  const requests: { url: string; headers: Record<string, unknown> }[] = [];
  const server = createServer((request, response) => {
    requests.push({ url: request.url ?? "", headers: request.headers });
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://site.test:${port}`,
    port,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe("S SSRF isPublicAddress", () => {
  it.each([
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",

    "192.0.0.1",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",

    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::808:808",
    "100::1",
    "fc00::1",
    "fd12::1",

    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "3fff::1",
    "",
    "localhost",
    "1.2.3",
    "0x7f000001",
  ])("%j is none", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each([
    "1.1.1.1",
    "8.8.8.8",
    "172.32.0.1",
    "100.128.0.1",
    "192.1.0.1",
    "2606:4700:4700::1111",
    "2a00:1450:4001::8a",
    "2001:4860:4860::8888",
  ])("%s is one", (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
});

describe("S SSRF an address is refused", () => {
  it.each([
    "http://127.0.0.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0177.0.0.1/",
    "http://017700000001/",
    "http://127.1/",
    "http://127.0.0.1./",

    "http://0/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[0:0:0:0:0:ffff:127.0.0.1]/",
    "http://[fe80::1]/",

    "http://[fd00:ec2::254]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://①②⑦.0.0.1/",
    "http://１２７.0.0.1/",
    "http://10.0.0.1:8080/",
    "https://192.168.1.1/",
    "http://100.100.100.200/",
    "http://[2002:7f00:1::]/",
  ])("%s", async (url) => {
    const asked: string[] = [];
    const resolve = async (name: string) => {
      asked.push(name);
      return [OUTSIDE];
    };
    await expect(get(url, { resolve })).rejects.toThrow(/not on the public internet/u);
    expect(asked).toEqual([]);
  });

  it.each([
    ["file:///etc/passwd", /only http: and https:/u],
    ["gopher://example.org/", /only http: and https:/u],
    ["data:text/plain,hi", /not a complete address|only http: and https:/u],
    ["javascript:alert(1)", /not a complete address|only http: and https:/u],
    ["http://user:secret@example.org/", /user name or password/u],
    ["http://token@example.org/", /user name or password/u],
    ["http://127.0.0.1@example.org/", /user name or password/u],
    ["//example.org", /not a complete address/u],
    ["/etc/passwd", /not a complete address/u],
    ["http://", /not a complete address/u],
    [`http://example.org/${"a".repeat(10_000)}`, /not a complete address/u],
  ])("%s", async (url, words) => {
    const refusal = get(url);
    await expect(refusal).rejects.toThrow(words);
    await expect(refusal).rejects.not.toThrow(/secret/u);
  });

  it.each([
    [["127.0.0.1"]],
    [["169.254.169.254"]],
    [["::1"]],
    [["::ffff:127.0.0.1"]],
    [["8.8.8.8", "10.0.0.1"]],
    [["not an address"]],
  ])("whose name resolves to %j", async (addresses) => {
    await expect(get("http://rebind.test/", { resolve: async () => addresses })).rejects.toThrow(/not on the public/u);
  });

  it("whose name has no address, or can not be resolved", async () => {
    await expect(get("http://nothing.test/", { resolve: async () => [] })).rejects.toThrow("no address");
    const resolve = () => Promise.reject(new Error("ENOTFOUND"));
    await expect(get("http://nothing.test/", { resolve })).rejects.toThrow("could not be resolved");
  });

  it("with the system's resolver: localhost", async () => {
    const egress = createEgress({ clock: systemClock });
    await expect(egress.get("http://localhost/", LIMITS, new AbortController().signal)).rejects.toThrow(
      /not on the public/u,
    );
  });
});

describe("S SSRF a redirect is refused", () => {
  it.each([
    "http://127.0.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[::ffff:127.0.0.1]/",
    "//127.0.0.1/",
    "http://2130706433/",
    "file:///etc/passwd",
    "http://user:pass@site.test/",
  ])("to %s", async (location) => {
    await using inside = await serve((_request, response) => response.end("inside"), "127.0.0.1");
    await using site = await serve((_request, response) => {
      response.writeHead(302, { location: location.replace("127.0.0.1/", `127.0.0.1:${inside.port}/`) }).end();
    });
    await expect(get(site.url)).rejects.toThrow(/not on the public internet|only http|user name/u);
    expect(inside.requests).toEqual([]);
  });

  it("to a name that resolves to a private address only the second time (DNS rebinding)", async () => {
    await using site = await serve((request, response) => {
      if (request.url === "/") response.writeHead(302, { location: "/again" }).end();
      else response.end("reached");
    });
    const answers = [OUTSIDE, "127.0.0.1"];
    await expect(get(site.url, { resolve: async () => [answers.shift() ?? "127.0.0.1"] })).rejects.toThrow(
      /not on the public/u,
    );
    expect(site.requests.map(({ url }) => url)).toEqual(["/"]);
  });

  it("beyond the number that is allowed", async () => {
    await using site = await serve((_request, response) => response.writeHead(302, { location: "/again" }).end());
    await expect(get(site.url)).rejects.toThrow("redirects more than 3 times");
    expect(site.requests).toHaveLength(4);
  });
});

describe("what is fetched", () => {
  it("comes from the address that was checked: a name is resolved once for each request", async () => {
    await using site = await serve((_request, response) =>
      response.setHeader("content-type", "text/plain").end("hello"),
    );
    let asked = 0;
    const resolve = async () => {
      asked += 1;
      return asked === 1 ? [OUTSIDE] : ["127.0.0.1"];
    };
    const answer = await get(`${site.url}/page?q=1#part`, { resolve });
    expect(Buffer.from(answer.body).toString()).toBe("hello");
    expect(answer).toMatchObject({
      status: 200,
      contentType: "text/plain",
      isTruncated: false,
      url: `${site.url}/page?q=1`,
    });
    expect(asked).toBe(1);
  });

  it("is asked for without credentials, cookies and referrer, also after a redirect", async () => {
    await using site = await serve((request, response) => {
      if (request.url === "/") response.writeHead(302, { location: "/next", "set-cookie": "a=b" }).end();
      else response.end("ok");
    });
    await get(site.url);
    for (const { headers } of site.requests) {
      expect(Object.keys(headers).toSorted()).toEqual([
        "accept",
        "accept-encoding",
        "connection",
        "host",
        "user-agent",
      ]);
    }
  });

  it("is cut at the limit, after decompression", async () => {
    await using site = await serve((_request, response) => {
      response.setHeader("content-encoding", "gzip").end(gzipSync(Buffer.alloc(50_000_000)));
    });
    const answer = await get(site.url);
    expect(answer.isTruncated).toBe(true);
    expect(answer.body.byteLength).toBe(LIMITS.maxBytes);
  });

  it("fails when the compression is broken, when the server hangs up, and when nobody listens", async () => {
    await using broken = await serve((_request, response) =>
      response.setHeader("content-encoding", "gzip").end("no gzip"),
    );
    await expect(get(broken.url)).rejects.toThrow("could not be reached");
    await using rude = await serve((request) => request.socket.destroy());
    await expect(get(rude.url)).rejects.toThrow("could not be reached (ECONNRESET)");
    const { url } = rude;
    await rude[Symbol.asyncDispose]();
    await expect(get(url)).rejects.toThrow("could not be reached (ECONNREFUSED)");
  });

  it("has to come in time: the name, the first byte and the last one", async () => {
    await using silent = await serve(() => {});
    await using slow = await serve((_request, response) => void response.write("a little"));
    const within = { timeoutMs: 100 };
    await expect(get(silent.url, {}, within)).rejects.toThrow("did not answer within 0.1 seconds");
    await expect(get(slow.url, {}, within)).rejects.toThrow("did not answer within 0.1 seconds");
    await expect(get("http://a.test/", { resolve: () => new Promise(() => {}) }, within)).rejects.toThrow(
      "did not answer within",
    );
  });

  it("can be called off", async () => {
    await using silent = await serve(() => {});
    const abort = new AbortController();
    const egress = createEgress({ clock: systemClock, isAllowed: () => true, resolve: async () => [OUTSIDE] });
    const fetching = egress.get(silent.url, LIMITS, abort.signal);
    await expect.poll(() => silent.requests.length).toBe(1);
    abort.abort(new Error("stopped"));
    await expect(fetching).rejects.toThrow("stopped");
  });
});
