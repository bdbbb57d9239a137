import { FakeGateway, FakeRefusal, type FakeRequest } from "@openclaw/testkit/fake-gateway";
import { describe, expect, it } from "vitest";

import { EXIT } from "../src/index.ts";
import { run } from "./memory-host.ts";

/** A turn that says `pieces`, as a gateway reports it. */
function turn(pieces: readonly string[]) {
  return (request: FakeRequest): unknown => {
    const runId = request.params["idempotencyKey"];
    request.accept({ runId, status: "accepted", acceptedAt: 1, sessionKey: "agent:main:main", agentId: "main" });
    let text = "";
    for (const [index, delta] of pieces.entries()) {
      text += delta;
      request.emit("agent", {
        runId: "another",
        stream: "assistant",
        data: { text: "not mine", delta: "not mine" },
        seq: 1,
        ts: 1,
      });
      request.emit("agent", { runId, stream: "lifecycle", data: { phase: "model" }, seq: 1, ts: 1 });
      request.emit("agent", { runId, stream: "assistant", data: { text, delta }, seq: index + 2, ts: 1 });
    }
    return {
      runId,
      status: "ok",
      summary: "completed",
      result: { payloads: [{ text, mediaUrl: null }], meta: { durationMs: 3 } },
    };
  };
}

describe("agent", () => {
  it("R8.3 waits for the final answer and prints its text", async () => {
    await using gateway = await FakeGateway.start({ answers: { agent: turn(["Hel", "lo."]) } });
    const ran = await run(["agent", "--message", "hi", "--to", "+15551234567", "--thinking", "low"], {
      url: gateway.url,
    });
    expect(ran).toMatchObject({ exitCode: EXIT.ok, stdout: "Hello.\n", stderr: "" });
    expect(gateway.callsOf("agent")).toEqual([
      {
        message: "hi",
        to: "+15551234567",
        thinking: "low",
        deliver: false,
        idempotencyKey: expect.any(String) as string,
      },
    ]);
    expect(gateway.connects[0]).toMatchObject({ scopes: ["operator.write"] });
  });

  it("streams the text into a terminal, each piece once", async () => {
    await using gateway = await FakeGateway.start({ answers: { agent: turn(["one ", "two ", "three"]) } });
    const pieces: string[] = [];
    const ran = await run(["agent", "-m", "hi"], {
      url: gateway.url,
      terminal: true,
      onOutput: (text) => pieces.push(text),
    });
    expect(ran.stdout).toBe("one two three\n");
    expect(pieces).toEqual(["one ", "two ", "three", "\n"]);
  });

  it("streams what a reconnect or a merge left out, by the text so far", async () => {
    await using gateway = await FakeGateway.start({
      answers: {
        agent: (request) => {
          const runId = request.params["idempotencyKey"];
          request.accept({ runId, status: "accepted", acceptedAt: 1, sessionKey: "s", agentId: "main" });
          request.emit("agent", { runId, stream: "assistant", data: { text: "ab", delta: "b" }, seq: 1, ts: 1 });
          request.emit("agent", { runId, stream: "assistant", data: { text: "abcd", delta: "d" }, seq: 5, ts: 1 });
          return {
            runId,
            status: "ok",
            summary: "completed",
            result: { payloads: [{ text: "abcd" }], meta: { durationMs: 1 } },
          };
        },
      },
    });
    expect((await run(["agent", "-m", "hi"], { url: gateway.url, terminal: true })).stdout).toBe("abcd\n");
  });

  it("prints the whole answer with --json, also in a terminal", async () => {
    await using gateway = await FakeGateway.start({ answers: { agent: turn(["Hello."]) } });
    const ran = await run(["agent", "-m", "hi", "--json"], { url: gateway.url, terminal: true });
    expect(ran.lines).toEqual([expect.objectContaining({ status: "ok", summary: "completed" })]);
  });

  it("lets no text steer the terminal", async () => {
    await using gateway = await FakeGateway.start({ answers: { agent: turn(["\u001B[2Jgone\u0007 \u202Etxt"]) } });
    expect((await run(["agent", "-m", "hi"], { url: gateway.url, terminal: true })).stdout).toBe("[2Jgone txt\n");
  });

  it("exits 1 for a failed turn and 5 for one that took too long, with the gateway's words", async () => {
    const failing = (code: string) =>
      FakeGateway.start({
        answers: {
          agent: (request) => {
            request.accept({ runId: "r", status: "accepted", acceptedAt: 1, sessionKey: "s", agentId: "main" });
            throw new FakeRefusal({ code, message: "The model refuses the key." });
          },
        },
      });
    await using broken = await failing("UNAVAILABLE");
    const failed = await run(["agent", "-m", "hi"], { url: broken.url });
    expect(failed).toMatchObject({ exitCode: EXIT.failure, stdout: "" });
    expect(failed.stderr).toContain("agent failed: The model refuses the key.");
    await using slow = await failing("AGENT_TIMEOUT");
    expect(await run(["agent", "-m", "hi"], { url: slow.url })).toMatchObject({ exitCode: EXIT.timeout });
  });

  it("aborts the turn when it is interrupted, and exits 130", async () => {
    const stop = new AbortController();
    await using gateway = await FakeGateway.start({
      answers: {
        agent: (request) => {
          const runId = request.params["idempotencyKey"];
          request.accept({ runId, status: "accepted", acceptedAt: 1, sessionKey: "agent:main:main", agentId: "main" });
          request.emit("agent", { runId, stream: "assistant", data: { text: "wait", delta: "wait" }, seq: 1, ts: 1 });
        },
        "chat.abort": () => ({ ok: true, aborted: true, runIds: [] }),
      },
    });
    const ran = await run(["agent", "-m", "hi"], {
      url: gateway.url,
      terminal: true,
      signal: stop.signal,
      onOutput: () => stop.abort(new Error("stopped by SIGINT")),
    });
    expect(ran).toMatchObject({ exitCode: EXIT.interrupted, stderr: "" });
    expect(gateway.callsOf("chat.abort")).toEqual([
      { sessionKey: "agent:main:main", runId: expect.any(String) as string },
    ]);
  });
});
