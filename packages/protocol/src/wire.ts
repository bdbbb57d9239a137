/**
 * What a schema describes, as both ends handle it: read-only throughout, so that a value may be passed on without a
 * copy and no one changes what someone else still reads.
 */
export type Wire<T> = T extends readonly (infer Item)[]
  ? readonly Wire<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Wire<T[Key]> }
    : T;
