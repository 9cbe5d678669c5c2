import type { Position } from '../../base/range.js';
import { hover } from '../../lsp/navigation.js';
import { referenceKey, type BaseState } from './base-state.js';
import type { ShadowLab } from './shadow-lab.js';
import type { SpecOf } from './step-files.js';

/** A place of which it is compared what a server shows there before and after a step. */
export interface ShownPlace {
  readonly path: string;
  readonly position: Position;
}

/** What the server shows at a place of the tree that is in the lab; null for nothing, and where no server is asked. */
export async function shownAt(lab: ShadowLab, specOf: SpecOf, { path, position }: ShownPlace): Promise<string | null> {
  const spec = specOf(path);
  return spec === null ? null : ((await lab.navigate(spec, (session) => hover(session, path, position)))?.contents ?? null);
}

/** Asks about those of `places` that are not known of the tree before the step, which must be in the lab. */
export async function readShown(lab: ShadowLab, specOf: SpecOf, base: BaseState, places: readonly ShownPlace[]): Promise<void> {
  for (const place of places) if (!knowsShown(base, [place])) base.interfaces.set(keyOf(place), await shownAt(lab, specOf, place));
}

/** True when everything that readShown would ask about is known. */
export function knowsShown(base: BaseState, places: readonly ShownPlace[]): boolean {
  return places.every((place) => base.interfaces.has(keyOf(place)));
}

/** What was shown at a place before the step; null for nothing, and for a place that was not asked about. */
export function shownBefore(base: BaseState, place: ShownPlace): string | null {
  return base.interfaces.get(keyOf(place)) ?? null;
}

function keyOf({ path, position }: ShownPlace): string {
  return referenceKey(path, position);
}
