import type { Location } from '../base/location.js';

/** A place where code leaves the type system: what is written there is taken on trust. */
export interface EscapeHatch extends Location {
  readonly kind: string;
  /** The line, trimmed: what it moves with. */
  readonly lineText: string;
}
