import { defineHandler } from "./define.ts";

export const systemPresence = defineHandler("system-presence", (_params, { presence }) => presence.list());
