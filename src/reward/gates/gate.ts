import type { Location } from '../../base/location.js';
import type { GateFiring } from '../../base/process-reward.js';
import { uriFromPath } from '../../base/relative-uri.js';
import type { EscapeHatch } from '../escape-hatch.js';
import type { FileSide, StepFacts } from '../step-facts.js';
import type { SuppressionChanges } from '../suppressions.js';

/** What gates look at: the facts of a step, and what was read out of them. */
export interface GateInput {
  readonly facts: StepFacts;
  readonly suppressions: SuppressionChanges;
  readonly escapeHatches: readonly EscapeHatch[];
}

/** Looks at a step and returns its firing, or null when there is nothing to say. Does not depend on any order. */
export type Gate = (input: GateInput) => GateFiring | null;

/** The most places that a firing shows; its message has the number of all. */
const EVIDENCE_MAX = 20;

/** Returns a firing with at most 20 places. */
export function firing(gate: string, critical: boolean, message: string, evidence: readonly Location[]): GateFiring {
  return { gate, critical, message, evidence: evidence.slice(0, EVIDENCE_MAX).map(({ uri, range }) => ({ uri, range })) };
}

/** Returns the start of a file as a place. */
export function placeOf(side: Pick<FileSide, 'path'>): Location {
  return { uri: uriFromPath(side.path), range: [0, 0, 0, 0] };
}

/** Returns `count thing(s)`. */
export function counted(count: number, thing: string): string {
  return `${String(count)} ${thing}${count === 1 ? '' : 's'}`;
}
