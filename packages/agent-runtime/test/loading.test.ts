import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { startFakeModel } from "@openclaw/testkit/fake-model";
import { expect, test } from "vitest";

interface Stage {
  readonly name: string;
  readonly milliseconds: number;
  readonly residentMiB: number;
  readonly packages: readonly string[];
}

const SCRIPT = fileURLToPath(new URL("load-report.ts", import.meta.url));

test("importing the package and answering offline loads no model library; a real turn loads only its provider's", async () => {
  await using model = await startFakeModel();
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ["--conditions=@openclaw/source", SCRIPT, model.baseUrls.openai], {
    timeout: 30_000,
  });
  const stages: readonly Stage[] = JSON.parse(stdout) as Stage[];
  const packagesOf = (name: string) => stages.find((stage) => stage.name === name)?.packages;
  expect(packagesOf("import")).toEqual([]);
  expect(packagesOf("offline turn")).toEqual([]);
  expect(packagesOf("offline turn with a tool")).toContain("ajv");
  expect(packagesOf("offline turn with a tool")).not.toContain("ai");
  const real = packagesOf("first real turn");
  expect(real).toEqual(expect.arrayContaining(["ai", "@ai-sdk/openai-compatible"]));
  expect(real).not.toContain("@ai-sdk/openai");
  expect(real).not.toContain("@ai-sdk/anthropic");
  expect(real).not.toContain("@ai-sdk/google");
  expect(packagesOf("second real turn")).toEqual([]);
}, 40_000);
