import { defineHandler } from "./define.ts";
import { noWebLogin } from "./no-web-login.ts";

export const webLoginWait = defineHandler("web.login.wait", () => {
  throw noWebLogin();
});
