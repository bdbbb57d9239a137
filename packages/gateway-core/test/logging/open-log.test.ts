import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { createTempDirectory } from "@openclaw/testkit/temp-directory";
import { describe, expect, it } from "vitest";

import { fixedConfig } from "../../src/config/runtime.ts";
import { openLog } from "../../src/logging/open-log.ts";

describe("openLog", () => {
  it("R1.10 writes a file a day into the state directory's logs, with the configuration's secrets masked", async () => {
    await using directory = await createTempDirectory();
    const config = fixedConfig({ gateway: { auth: { token: "my-own-gateway-token" } } }, { stateDir: directory.path });
    {
      await using log = openLog(config);
      log.logger.info("token is my-own-gateway-token");
    }
    const logs = join(directory.path, "logs");
    const [name = ""] = await readdir(logs);
    expect(name).toMatch(/^openclaw-\d{4}-\d{2}-\d{2}\.log$/);
    expect(JSON.parse(await readFile(join(logs, name), "utf8"))).toMatchObject({ message: "token is my-own…oken" });
  });

  it("R1.5 --verbose shows debug lines in the terminal, as the file has them anyway", async () => {
    await using directory = await createTempDirectory();
    const file = join(directory.path, "x.log");
    const shown: string[] = [];
    const stdout = { write: (text: string) => shown.push(text) };
    for (const verbose of [false, true]) {
      await using log = openLog(fixedConfig({ logging: { file } }), { stdout, verbose });
      log.logger.debug(`verbose ${verbose}`);
    }
    expect(shown.join("")).toContain("verbose true");
    expect(shown.join("")).not.toContain("verbose false");
    expect((await readFile(file, "utf8")).trim().split("\n")).toHaveLength(2);
  });

  it("writes no file when a configuration given in code names no place", async () => {
    await using log = openLog(fixedConfig());
    log.logger.info("x");
    expect(log.file.path).toBeUndefined();
  });
});
