import type { Spending } from "./define.ts";

const CENT = 0.01;

/** An amount for people: small ones with the digits that say something. */
export function dollars(amount: number): string {
  if (amount === 0) return "$0";
  return `$${amount.toFixed(amount < CENT ? 4 : 2)}`;
}

/** What turns took, in one line. */
export function spendingLine(title: string, { tokens, cost, unpriced }: Spending): string {
  const unknown = unpriced === 0 ? "" : `, ${unpriced} ${unpriced === 1 ? "turn" : "turns"} without a price`;
  return `${title}: ${dollars(cost)} for ${tokens} tokens${unknown}`;
}
