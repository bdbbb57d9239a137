/** What a connection is: a person's tool, or a device that offers capabilities. */
export type Role = "operator" | "node";

/** Rights of an operator connection. `operator.admin` implies every other, `operator.write` implies `operator.read`. */
export const SCOPES = [
  "operator.admin",
  "operator.read",
  "operator.write",
  "operator.approvals",
  "operator.pairing",
] as const;

export type Scope = (typeof SCOPES)[number];

/** True when a holder of `granted` may do what needs `required`. */
export function hasScope(granted: readonly string[], required: Scope): boolean {
  if (granted.includes("operator.admin") || granted.includes(required)) return true;
  return required === "operator.read" && granted.includes("operator.write");
}
