// Writes the npm package of the gateway, self-contained, into a folder:
//
//   node apps/gateway/scripts/pack.mjs <folder>      after a build
//
// The tarball's only dependencies are the packages that the bundle leaves outside. The same build gives the same bytes.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { thirdPartyNotices } from "./notices.mjs";

const application = dirname(dirname(fileURLToPath(import.meta.url)));
const root = dirname(dirname(application));
const target = resolve(process.argv[2] ?? ".");

const NOTICES = "THIRD-PARTY-NOTICES.txt";
const metafile = join(application, "dist", "metafile-esm.json");
const manifest = JSON.parse(readFileSync(join(application, "package.json"), "utf8"));
const entry = join(application, "dist", "openclaw.js");
if (!existsSync(entry) || !existsSync(join(application, "dist", "main.js"))) {
  process.stderr.write(`There is no build in ${join(application, "dist")}. Run: npm run build\n`);
  process.exit(1);
}

/** Versions that the workspace's catalog gives to a package. */
function catalogVersion(name) {
  const installed = JSON.parse(readFileSync(join(application, "node_modules", name, "package.json"), "utf8"));
  return installed.version;
}

const staged = mkdtempSync(join(tmpdir(), "openclaw-pack-"));
try {
  const published = {
    name: manifest.name,
    version: manifest.version,
    description: manifest.description,
    keywords: manifest.keywords,
    homepage: manifest.homepage,
    bugs: manifest.bugs,
    repository: manifest.repository,
    license: manifest.license,
    type: manifest.type,
    engines: manifest.engines,
    bin: manifest.bin,
    files: [...manifest.files, NOTICES],
    dependencies: Object.fromEntries(Object.keys(manifest.dependencies).map((name) => [name, catalogVersion(name)])),
  };
  writeFileSync(join(staged, "package.json"), `${JSON.stringify(published, undefined, 2)}\n`);
  cpSync(join(application, "dist"), join(staged, "dist"), { recursive: true, filter: (path) => path !== metafile });
  const { inputs } = JSON.parse(readFileSync(metafile, "utf8"));
  writeFileSync(join(staged, NOTICES), thirdPartyNotices(Object.keys(inputs), application));
  cpSync(join(application, "README.md"), join(staged, "README.md"));
  cpSync(join(root, "LICENSE"), join(staged, "LICENSE"));
  mkdirSync(target, { recursive: true });
  const packed = spawnSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", target], {
    cwd: staged,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    shell: process.platform === "win32",
  });
  if (packed.status !== 0) throw new Error("npm pack failed; the lines above say why.");
  const [{ filename, size, unpackedSize }] = JSON.parse(packed.stdout);
  process.stdout.write(`${join(target, filename)}  ${kibibytes(size)} packed, ${kibibytes(unpackedSize)} unpacked\n`);
} finally {
  rmSync(staged, { recursive: true, force: true });
}

function kibibytes(bytes) {
  return `${Math.round(bytes / 1024)} KiB`;
}
