import { defineHttp } from "../define.ts";

export const frontPage = defineHttp({
  path: "/",
  aliases: [],
  summary: "A page for people that says what runs here. With `upgrade: websocket`, on any path, the control plane.",
  answers: { 200: { description: "The page.", body: "page" } },
});
