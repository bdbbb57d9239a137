const KEYWORDS = new Set(
  (
    "associatedtype class deinit enum extension fileprivate func import init inout internal let open operator private " +
    "precedencegroup protocol public rethrows static struct subscript typealias var break case catch continue default " +
    "defer do else fallthrough for guard if in repeat return throw switch where while Any as await false is nil self " +
    "Self super throws true try Type"
  ).split(" "),
);

/** A wire name as a Swift identifier without escapes: "in_flight" as inFlight, "INVALID_REQUEST" as invalidRequest. */
export function swiftName(wireName: string): string {
  const words = wireName.split(/[^A-Za-z0-9]+/).filter(Boolean);
  const shouting = words.every((word) => word === word.toUpperCase());
  const name = words
    .map((word, index) => {
      const rest = shouting ? word.slice(1).toLowerCase() : word.slice(1);
      const first = index === 0 ? word.charAt(0).toLowerCase() : word.charAt(0).toUpperCase();
      return first + rest;
    })
    .join("");
  return /^[0-9]/.test(name) ? `value${name}` : name;
}

/** The identifier, in back quotes where Swift needs them. */
export function escaped(name: string): string {
  return KEYWORDS.has(name) ? `\`${name}\`` : name;
}

/** A field as the name of the nested type that describes it: "sessions" as Sessions. */
export function typeName(wireName: string): string {
  const name = swiftName(wireName);
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** A doc comment at the given indentation, or nothing. */
export function comment(text: unknown, indent = ""): string {
  if (typeof text !== "string" || text === "") return "";
  return `${text
    .split("\n")
    .map((line) => `${indent}/// ${line}`)
    .join("\n")}\n`;
}
