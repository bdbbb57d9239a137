import { basename } from "node:path";

/**
 * Programs that run whatever their arguments say: shells, interpreters, and those that start others. Allowing one
 * allows everything, so that only an entry that names its path letter by letter does, and "allow-always" is not offered.
 */
const INDIRECT: ReadonlySet<string> = new Set(
  `ash bash busybox csh dash fish ksh mksh nu pwsh rbash sh tcsh toybox yash zsh
  awk bun deno gawk gdb groovy java jshell lua luajit mawk nawk node nodejs osascript perl php python ruby tclsh wish
  ansible at batch chroot chrt command crontab docker doas env exec expect fakeroot find flock ftp git git-shell hg svn ionice
  kubectl ld.so less make man more nice nohup npm npx nsenter openclaw parallel pdb pip pipx pkexec pnpm podman
  runuser sed script setarch setpriv setsid ssh stdbuf strace su sudo systemd-run taskset tee time timeout tmux screen
  unshare uv uvx vi vim view nvim emacs watch xargs yarn cargo go rustc gcc cc clang ld tar rsync scp zip dd`
    .split(/\s+/u)
    .filter((name) => name !== ""),
);
const VERSION_SUFFIX = /[-.]?\d[\d.]*$/u;
const LOADER = /^ld[-.](?:linux|musl|so)/u;

export function isIndirect(program: string): boolean {
  const name = basename(program).toLowerCase();
  return INDIRECT.has(name) || INDIRECT.has(name.replace(VERSION_SUFFIX, "")) || LOADER.test(name);
}
