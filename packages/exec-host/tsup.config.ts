import { defineConfig } from "tsup";

export default defineConfig({
  entry: ["src/index.ts"],
  format: ["esm"],
  target: "node22",
  dts: false,
  // tsup strips "node:" by default, which breaks built-ins that exist only under it.
  removeNodeProtocol: false,
  clean: true,
  sourcemap: true,
});
