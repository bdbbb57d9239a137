import type { ModelChoice } from "./define.ts";

/** The model a person means: its alias, its full or its own name. Undefined when none is. */
export function exactModel(word: string, models: readonly ModelChoice[]): ModelChoice | undefined {
  const wanted = word.toLowerCase();
  return (
    models.find(({ alias }) => alias?.toLowerCase() === wanted) ??
    models.find(({ reference }) => reference.toLowerCase() === wanted) ??
    only(models.filter(({ reference }) => reference.slice(reference.indexOf("/") + 1).toLowerCase() === wanted))
  );
}

/** As `exactModel`, and also its number in the list, or a part of its name that no other has. */
export function likelyModel(word: string, models: readonly ModelChoice[]): ModelChoice | undefined {
  if (/^\d{1,4}$/u.test(word)) return models[Number(word) - 1];
  const wanted = word.toLowerCase();
  return exactModel(word, models) ?? only(models.filter(({ reference }) => reference.toLowerCase().includes(wanted)));
}

/** The first model of a provider. */
export function providerModel(word: string, models: readonly ModelChoice[]): ModelChoice | undefined {
  return models.find(({ reference }) => reference.startsWith(`${word.toLowerCase()}/`));
}

function only<Item>(items: readonly Item[]): Item | undefined {
  return items.length === 1 ? items[0] : undefined;
}
