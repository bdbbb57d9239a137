import { defineHandler } from "./define.ts";

/** Nothing that this version runs asks for programs on nodes, so there is none that a node should allow by itself. */
export const skillsBins = defineHandler("skills.bins", () => ({ bins: [] }));
