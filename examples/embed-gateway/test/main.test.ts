import { fileURLToPath } from "node:url";

import { runProcess } from "@openclaw/testkit/process";
import { expect, it } from "vitest";

it("R9.3 runs, extends and stops a gateway in a process of its own", async () => {
  const { code, stdout, stderr } = await runProcess({
    command: process.execPath,
    arguments: ["--conditions=@openclaw/source", fileURLToPath(new URL("../src/main.ts", import.meta.url))],
    environment: { PATH: process.env["PATH"] },
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const lines = stdout.trim().split("\n");
  expect(lines[0]).toMatch(/^listening: ws:\/\/127\.0\.0\.1:\d+$/);
  expect(lines).toContain("event: chat final in agent:main:main");
  expect(lines.filter((line) => !/^(listening|event):/.test(line))).toEqual([
    "channel: The ferns got water.",
    "client: The roses got water.",
    'method: {"plant":"roses","watered":1}',
    "route: ferns, roses",
    "stopped",
  ]);
});
