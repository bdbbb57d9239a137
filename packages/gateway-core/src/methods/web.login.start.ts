import { defineHandler } from "./define.ts";
import { noWebLogin } from "./no-web-login.ts";

export const webLoginStart = defineHandler("web.login.start", () => {
  throw noWebLogin();
});
