import { defineConfig } from "tsup";

export default defineConfig({
  entry: ["src/index.ts", "src/node.ts", "src/transport/node.ts", "src/transport/browser.ts"],
  format: ["esm"],
  target: "es2022",
  dts: false,
  // tsup strips "node:" by default, which breaks built-ins that exist only under it.
  removeNodeProtocol: false,
  // Whoever loads or bundles the package chooses the WebSocket, by the conditions in package.json.
  external: ["#transport"],
  clean: true,
  sourcemap: true,
});
