import type { Json } from '../../base/canonical-json.js';

/** `T` with every property and element read-only, however deep. `Json` and `unknown` are left as they are. */
export type Immutable<T> = Json extends T ? T : T extends object ? { readonly [Key in keyof T]: Immutable<T[Key]> } : T;
