import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { expect, test } from "vitest";

import * as telegram from "../src/index.ts";

test("the entry point exports these names and no others", () => {
  expect(Object.keys(telegram).sort()).toEqual(["createTelegramChannel", "telegramChannel", "telegramConfigSchema"]);
  expect(telegram.telegramChannel).toMatchObject({ id: "telegram", label: "Telegram" });
});

test("importing the package and reading a configuration load neither telegraf nor marked", async () => {
  const program = `
    import { registerHooks } from "node:module";
    const loaded = [];
    registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context); } });
    const { telegramChannel } = await import(${JSON.stringify(new URL("../src/index.ts", import.meta.url).href)});
    telegramChannel.accounts(telegramChannel.configSchema.parse({}), {});
    const heavy = () => loaded.filter((url) => /node_modules\\/(telegraf|marked|node-fetch)\\//.test(url)).length;
    const before = heavy();
    const [account] = telegramChannel.accounts({ botToken: "123456:AAFakeTokenForTests_0123456789abcdefg" }, {});
    await using channel = await telegramChannel.create(account);
    console.log(JSON.stringify([before, heavy() > 0]));
  `;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--conditions=@openclaw/source", "--input-type=module", "--eval", program],
    { timeout: 10_000 },
  );
  expect(JSON.parse(stdout)).toEqual([0, true]);
});
