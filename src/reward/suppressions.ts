import type { Neutralisation } from '../base/process-reward.js';
import { Kept } from '../base/kept.js';
import { compareRanges } from '../base/range.js';
import { blankOffsets } from './blank-text.js';
import { findSuppressions, type Suppression, type SuppressionScan } from './find-suppressions.js';
import { alignLines } from './line-alignment.js';
import type { FilePair, FileSide } from './step-facts.js';
import { kindCovers } from './suppression-syntax.js';
import { compareText } from './text-order.js';

/** What a step did to the directives of its files. Kept and moved ones are in neither list. */
export interface SuppressionChanges {
  readonly added: readonly Suppression[];
  readonly removed: readonly Suppression[];
}

/** The texts to measure neutral diagnostics with. Files that are not in a map are measured as they are. */
export interface NeutralisationPlan {
  /** By path before the step: without the directives that the step removes. */
  readonly before: ReadonlyMap<string, string>;
  /** By path after the step: without the directives that the step adds. */
  readonly after: ReadonlyMap<string, string>;
  readonly neutralised: readonly Neutralisation[];
  readonly changes: SuppressionChanges;
}

/**
 * Says which directives to blank on which side. Blanking writes spaces over comments or attributes and nothing else, so every
 * range stays where it is. A file of which its checker reads none of them is measured as it is. The result does not depend on the order of the pairs.
 */
export function planNeutralisation(pairs: readonly FilePair[], isRead: (item: Suppression) => boolean = () => true): NeutralisationPlan {
  const changes = suppressionChanges(pairs);
  const texts = (sideOf: (pair: FilePair) => FileSide | null, suppressions: readonly Suppression[]): Map<string, string> => {
    const blanked = new Map<string, string>();
    for (const side of pairs.map(sideOf)) {
      if (side === null) continue;
      const items = suppressions.filter((item) => item.path === side.path);
      if (items.some(isRead)) blanked.set(side.path, blankOffsets(side.text, items.map((item) => item.blank)));
    }
    return blanked;
  };
  const entry = (change: string) => (item: Suppression): Neutralisation => ({
    kind: `${item.isStrict ? 'strictness' : 'suppression'}-${change}`,
    text: item.text,
    uri: item.uri,
    range: item.range,
  });
  return {
    before: texts((pair) => pair.before, changes.removed),
    after: texts((pair) => pair.after, changes.added),
    neutralised: [...changes.added.map(entry('added')), ...changes.removed.map(entry('removed'))],
    changes,
  };
}

/**
 * Pairs the directives of both sides of a whole step: those on lines that map to each other, then those whose line of code
 * moved with them, whatever the file. One that looks away from more than its partner did is added, and the partner removed.
 */
function suppressionChanges(pairs: readonly FilePair[]): SuppressionChanges {
  const touched = pairs.filter((pair) => pair.touched);
  const left: Suppression[] = [];
  const arrived: Suppression[] = [];
  for (const pair of touched) {
    const before = scanOf(pair.before);
    const after = scanOf(pair.after);
    const rest = new Set(after.suppressions);
    if (before.suppressions.length === 0 || rest.size === 0) {
      left.push(...before.suppressions);
      arrived.push(...rest);
      continue;
    }
    const lines = alignLines({ text: before.codeOnly, codeOnly: before.codeOnly }, { text: after.codeOnly, codeOnly: after.codeOnly });
    for (const item of before.suppressions) {
      const target = item.targetLine === -1 ? [-1] : [lines.unchanged, lines.moved, lines.edited].map((mapping) => mapping[item.targetLine] ?? -1).filter((line) => line !== -1);
      const partner = pair.after === null ? undefined : [...rest].find((other) => target.includes(other.targetLine) && covers(item, other));
      if (partner === undefined) left.push(item);
      else rest.delete(partner);
    }
    arrived.push(...rest);
  }
  return pairMoved(left.sort(bySource), arrived.sort(bySource));
}

function pairMoved(left: readonly Suppression[], arrived: readonly Suppression[]): SuppressionChanges {
  const added = new Set(arrived);
  const removed = left.filter((item) => {
    const partner = item.targetCode === '' ? undefined : [...added].find((other) => other.targetCode === item.targetCode && covers(item, other));
    if (partner !== undefined) added.delete(partner);
    return partner === undefined;
  });
  return { added: [...added], removed };
}

const kept = new Kept<SuppressionScan>();

function scanOf(side: FileSide | null): SuppressionScan {
  if (side === null) return { suppressions: [], codeOnly: '' };
  const { path, text, structure, tokens } = side;
  const find = (): SuppressionScan => findSuppressions(path, text, tokens);
  return structure === null || tokens === null ? find() : kept.get(structure, tokens, find);
}

/** A directive of all rules covers one of any; one of named rules covers those and fewer. */
function covers(before: Suppression, after: Suppression): boolean {
  if (!kindCovers(before.kind, after.kind)) return false;
  if (before.kind !== after.kind) return before.rules === null || before.kind === 'type: ignore';
  return before.rules === null || (after.rules?.every((rule) => before.rules?.includes(rule)) ?? false);
}

function bySource(a: Suppression, b: Suppression): number {
  return compareText(a.path, b.path) || compareRanges(a.range, b.range) || compareText(a.kind, b.kind);
}
