/** What a program may know of its host's environment: nothing that holds a key or changes what code is loaded. */
const INHERITED = ["HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR"];

/** Variables that make a program load, run or look for something else. Nobody who asks for a run may set them. */
const DANGEROUS: readonly RegExp[] = [
  /^(?:PATH|CDPATH|IFS|ENV|BASH_ENV|BASH_FUNC_.*|BASHOPTS|SHELLOPTS|SHELL|PS4|PROMPT_COMMAND|ZDOTDIR|HOME)$/u,
  /^(?:LD|DYLD|PYTHON|PERL|RUBY|LUA|NODE|NPM_CONFIG|PNPM|YARN|BUN|DENO|DOTNET|CORECLR|COR|PHP|GIT|SSH|GEM)_.*$/u,
  /^(?:PYTHON|PERL|RUBY|LUA|NODE|PHPRC|PHP_).*$/u,
  /^(?:JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|JDK_JAVA_OPTIONS|JAVA_OPTS|CLASSPATH|MAVEN_OPTS|GRADLE_OPTS|JAVA_HOME)$/u,
  /^(?:EDITOR|VISUAL|PAGER|MANPAGER|BROWSER|LESS|LESSOPEN|LESSCLOSE|MORE|TERMINFO|TERMINFO_DIRS|TERMCAP)$/u,
  /^(?:GCONV_PATH|GLIBC_TUNABLES|LOCPATH|NLSPATH|MALLOC_.*|HOSTALIASES|RES_OPTIONS|GETCONF_DIR|NIX_.*)$/u,
  /^(?:OPENSSL_.*|SSL_CERT_.*|CURL_CA_BUNDLE|REQUESTS_CA_BUNDLE|SSLKEYLOGFILE|.*_PROXY|.*_proxy)$/u,
  /^(?:XDG_.*|DBUS_.*|OPENCLAW_.*|RUSTC_.*|CARGO_.*|CC|CXX|MAKEFLAGS|GNUMAKEFLAGS|TAR_OPTIONS|RSYNC_.*|GREP_OPTIONS)$/u,
  /^(?:POSIXLY_CORRECT|TMPDIR|TMP|TEMP|HISTFILE|INPUTRC|KRB5_CONFIG|KRB5CCNAME|DOCKER_.*|KUBECONFIG|AWS_.*|JQ_.*)$/u,
];
/** Variables that change nothing but how a program shows what it says. */
const HARMLESS = /^(?:LANG|LANGUAGE|LC_[A-Z]+|TZ|TERM|COLORTERM|NO_COLOR|FORCE_COLOR|CLICOLOR|COLUMNS|LINES|CI)$/u;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/u;
const MAX_OVERRIDES = 128;
const MAX_VALUE = 32_768;

export interface Overrides {
  readonly kept: Readonly<Record<string, string>>;
  /** Names of those that are not passed on. */
  readonly dropped: readonly string[];
  /** Names of those that an allow-list entry does not cover: it says nothing of how they change a program. */
  readonly unlisted: readonly string[];
}

/** Sorts what a request wants in a program's environment. */
export function filterOverrides(wanted: Readonly<Record<string, string>>): Overrides {
  const entries = Object.entries(wanted);
  const isKept = ([name, value]: [string, string], index: number): boolean =>
    index < MAX_OVERRIDES &&
    NAME.test(name) &&
    value.length <= MAX_VALUE &&
    !value.includes("\0") &&
    !DANGEROUS.some((pattern) => pattern.test(name) || pattern.test(name.toUpperCase()));
  const kept = Object.fromEntries(entries.filter(isKept));
  return {
    kept,
    dropped: entries.map(([name]) => name).filter((name) => !Object.hasOwn(kept, name)),
    unlisted: Object.keys(kept).filter((name) => !HARMLESS.test(name)),
  };
}

/** The environment of a program: a few harmless variables of its host, the directories of programs, and what was asked for. */
export function programEnvironment(
  host: Readonly<Record<string, string | undefined>>,
  directories: readonly string[],
  overrides: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const kept = INHERITED.flatMap((name) => {
    const value = host[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(kept), TERM: "dumb", ...overrides, PATH: directories.join(":") };
}
