// The one entry of every root script. Needs only a Node (18 or newer) with npm; brings the pinned pnpm, and a
// pinned Node where the running one is too old, from the npm registry into .tools/, installs, then runs the command.
//
//   node tooling/bootstrap/run.mjs <start | test | nightly | openclaw | validate | bench | watch | pack-cli | exec | source> [arguments]
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const PNPM_VERSION = "12.21.0";
const NODE_VERSION = "24.21.0";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const windows = process.platform === "win32";
const [command = "help", ...rest] = process.argv.slice(2);

const commands = {
  static: () => runEach(STATIC_STEPS),
  start: () => runGateway(["--dev", "start"], rest),
  openclaw: () => runGateway([], rest),
  test: () => runTests(rest),
  nightly: () => {
    Object.assign(environment, LONG_RUN);
    return runTests(rest.length > 0 ? rest : LONG_TESTS);
  },
  validate: () => runEach(VALIDATE_STEPS),
  bench: () => {
    build();
    return runSource("tooling/bench/src/main.ts", rest);
  },
  watch: () =>
    runForeground(node, [
      "--watch",
      ...SOURCE,
      "apps/gateway/src/openclaw.ts",
      "--dev",
      "gateway",
      "--allow-unconfigured",
      ...rest,
    ]),
  "pack-cli": () => {
    build();
    return runForeground(node, ["apps/gateway/scripts/pack.mjs", rest[0] ? resolve(callerDirectory, rest[0]) : root]);
  },
  exec: () => runForeground(rest[0] === "node" ? node : rest[0], rest.slice(1)),
  source: () => runSource(rest[0], rest.slice(1)),
};

// npm runs scripts from the project root; INIT_CWD is where the person stood.
const callerDirectory = process.env.INIT_CWD ?? process.cwd();
// Node runs the TypeScript sources as they are; the condition makes workspace packages resolve to their sources too.
const SOURCE = ["--conditions=@openclaw/source"];
/** Every static check, one line each; `npm run validate` runs them, then the tests. */
const STATIC_STEPS = [
  ["format", ["oxfmt", "--check"]],
  ["lint", ["oxlint", "--type-aware", "--deny-warnings"]],
  ["types", ["turbo", "run", "typecheck", "--output-logs=errors-only"]],
  ["boundaries", ["node", ...SOURCE, "tooling/boundaries/src/main.ts"]],
  ["generated files", ["node", ...SOURCE, "tooling/codegen/src/main.ts", "--check"]],
  ["dead code", ["knip", "--no-progress"]],
  ["package shape", ["turbo", "run", "publint", "--output-logs=errors-only"]],
];
/** The same tests for longer: every point of the crash matrix, ten minutes of load, leases that run out, many stories. */
const LONG_RUN = {
  OPENCLAW_CRASH_STRIDE: "1",
  OPENCLAW_SOAK_SECONDS: "600",
  OPENCLAW_SUSPEND_SECONDS: "200",
  OPENCLAW_PROPERTY_RUNS: "5000",
};
const LONG_TESTS = ["test/crash/", "test/soak/", "test/faults/", ".property.test.ts"];
const VALIDATE_STEPS = [...STATIC_STEPS, ["tests", ["node", "tooling/bootstrap/run.mjs", "test"]]];

if (!(command in commands)) {
  console.error(`Unknown command "${command}". Expected one of: ${Object.keys(commands).join(", ")}.`);
  process.exit(64);
}

const tools = installTools();
const node = tools.node;
const environment = {
  ...process.env,
  PATH: [dirname(node), join(root, "node_modules", ".bin"), dirname(tools.pnpm), process.env.PATH].join(delimiter),
  TURBO_TELEMETRY_DISABLED: "1",
  DO_NOT_TRACK: "1",
};
installDependencies();
process.exitCode = await commands[command]();

/** True for a Node that runs TypeScript sources and has node:sqlite and require(esm). */
function isRecentEnough(version) {
  const [major, minor] = version.split(".").map(Number);
  return (major === 22 && minor >= 19) || (major === 24 && minor >= 11) || major >= 26;
}

/** Puts the pinned tools under .tools/ once, through the npm that came with the running Node. */
function installTools() {
  const needsNode = !isRecentEnough(process.versions.node);
  const nodePackage = `node-${windows ? "win" : process.platform}-${process.arch}`;
  const wanted = { pnpm: PNPM_VERSION, ...(needsNode ? { [nodePackage]: NODE_VERSION } : {}) };
  const directory = join(
    root,
    ".tools",
    Object.entries(wanted)
      .map((pair) => pair.join("-"))
      .join("+"),
  );
  const found = {
    pnpm: join(directory, "node_modules", "pnpm", windows ? "pnpm.exe" : "pnpm"),
    node: needsNode
      ? join(directory, "node_modules", nodePackage, "bin", windows ? "node.exe" : "node")
      : process.execPath,
  };
  if (existsSync(directory)) return found;
  say(
    `first run: fetching ${Object.entries(wanted)
      .map((pair) => pair.join(" "))
      .join(" and ")} into .tools/`,
  );
  // Filled beside its final name and renamed, so that an interrupted first run leaves nothing half done.
  const partial = `${directory}.partial-${process.pid}`;
  mkdirSync(partial, { recursive: true });
  writeFileSync(
    join(partial, "package.json"),
    JSON.stringify({ private: true, dependencies: wanted, allowScripts: { pnpm: true } }),
  );
  const installed = spawnSync("npm", ["install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"], {
    cwd: partial,
    stdio: ["ignore", 2, "inherit"],
    shell: windows,
  });
  if (installed.status !== 0) {
    rmSync(partial, { recursive: true, force: true });
    fail(
      `Could not fetch ${Object.keys(wanted).join(" and ")} from the npm registry.` +
        (needsNode
          ? ` This Node is ${process.versions.node}; install Node 22.19 or newer to need one package less.`
          : ""),
    );
  }
  if (existsSync(directory)) rmSync(partial, { recursive: true, force: true });
  else renameSync(partial, directory);
  return found;
}

/** Installs the workspace when the lockfile or a manifest changed since the last time; a no-op costs one hash. */
function installDependencies() {
  const stampFile = join(root, "node_modules", ".openclaw-install");
  const stamp = createHash("sha256");
  for (const file of ["pnpm-lock.yaml", "pnpm-workspace.yaml", "package.json"]) {
    const path = join(root, file);
    if (existsSync(path)) stamp.update(readFileSync(path));
  }
  const wanted = stamp.digest("hex");
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === wanted) return;
  const installed = spawnSync(
    tools.pnpm,
    ["install", "--frozen-lockfile", "--prefer-offline", "--reporter=append-only", "--loglevel=warn"],
    { cwd: root, stdio: ["ignore", 2, "inherit"], env: { ...environment, CI: "1" } },
  );
  if (installed.status !== 0) fail("Installing the dependencies failed; the lines above say why.");
  writeFileSync(stampFile, wanted);
}

function build(filter = []) {
  const built = spawnSync("turbo", ["run", "build", "--output-logs=errors-only", ...filter], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
    env: environment,
    encoding: "utf8",
    shell: windows,
  });
  if (built.status !== 0) {
    process.stderr.write(built.stdout ?? "");
    fail("The build failed; the lines above say why.");
  }
}

/** `npm start` is the built CLI with the development profile; `npm run openclaw -- …` is the built CLI as it is. */
function runGateway(prefix, userArguments) {
  // The program is bundled from the sources of the packages; only it has to be built.
  build(["--filter=openclaw"]);
  const entry = join(root, "apps", "gateway", "dist", "openclaw.js");
  return runForeground(node, [entry, ...prefix, ...userArguments], { cwd: callerDirectory });
}

async function runTests(testArguments) {
  build(["--filter=openclaw"]);
  const results = join(root, ".cache", `test-results-${process.pid}.json`);
  const status = await runForeground("vitest", [
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${results}`,
    ...testArguments,
  ]);
  if (!existsSync(results)) return status || 1;
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(results, "utf8"));
  rmSync(results);
  // A file that fails to load has no failed test of its own, and must not read as a clean run.
  const failed = Math.max(numFailedTests, status === 0 ? 0 : 1);
  console.log(`${numPassedTests} passed, ${failed} failed${numPendingTests ? `, ${numPendingTests} skipped` : ""}`);
  return numPassedTests === 0 ? status || 1 : status;
}

async function runEach(steps) {
  for (const [name, [program, ...programArguments]] of steps) {
    const started = Date.now();
    const status = await runForeground(program === "node" ? node : program, programArguments);
    if (status !== 0) {
      console.error(`✗ ${name} failed: ${[program, ...programArguments].join(" ")}`);
      return status;
    }
    console.error(`✓ ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  }
  return 0;
}

function runSource(file, fileArguments) {
  return runForeground(node, [...SOURCE, file, ...fileArguments]);
}

/** Runs a program in the foreground, hands it the signals this process gets, and answers its exit code. */
function runForeground(program, programArguments, options = {}) {
  const child = spawn(program, programArguments, {
    cwd: root,
    stdio: "inherit",
    env: environment,
    shell: windows,
    ...options,
  });
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  const forward = (signal) => child.kill(signal);
  for (const signal of signals) process.on(signal, forward);
  return new Promise((settle) => {
    child.on("error", (error) => fail(`Could not run ${program}: ${error.message}`));
    child.on("exit", (code, signal) => {
      for (const name of signals) process.off(name, forward);
      settle(code ?? 128 + (constants.signals[signal] ?? 0));
    });
  });
}

function say(line) {
  process.stderr.write(`${line}\n`);
}

function fail(line) {
  say(line);
  process.exit(1);
}
