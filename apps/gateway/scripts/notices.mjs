// The licences of the packages whose code is inside the bundle, as they ask to be passed on.
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** `inputs` are the source files that esbuild put into the bundle, relative to `directory` or behind a namespace. */
export function thirdPartyNotices(inputs, directory) {
  const packages = new Map();
  for (const input of inputs) {
    // The last node_modules of the path: pnpm nests them.
    const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/u.exec(input.replace(/^[a-z-]+:/u, ""))?.[0];
    if (folder === undefined) continue;
    const path = resolve(directory, folder);
    const { name, version, license } = JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
    packages.set(`${name} ${version}`, { license, text: licenceText(path) });
  }
  const sorted = [...packages].sort(([left], [right]) => (left < right ? -1 : 1));
  const parts = sorted.map(([title, { license, text }]) => `${title} (${license ?? "see below"})\n\n${text}`);
  return ["This program contains the following packages, under the following licences.", ...parts].join(
    `\n\n${"-".repeat(80)}\n\n`,
  );
}

function licenceText(path) {
  const files = readdirSync(path).filter((name) => /^(?:licen[cs]e|notice|copying)/iu.test(name));
  return files
    .sort()
    .map((name) => readFileSync(join(path, name), "utf8").trim())
    .join("\n\n");
}
