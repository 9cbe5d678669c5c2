import { compareRanges } from '../../base/range.js';
import { uriFromPath } from '../../base/relative-uri.js';
import { lostFromSight } from '../checker-sight.js';
import type { FilePair, StepFacts } from '../step-facts.js';
import { compareText } from '../text-order.js';
import { counted, firing, placeOf, type Gate } from './gate.js';

/** Fires when a file stops parsing, or a created one does not parse. Critical; each file costs 10 of W. */
export const parseBroken: Gate = ({ facts }) => {
  const files = filesThatStopParsing(facts.pairs);
  if (files.length === 0) return null;
  const evidence = files.flatMap((pair) => (pair.after?.structure?.syntaxErrors ?? []).slice(0, 3).map((range) => ({ uri: uriFromPath(pair.after?.path ?? ''), range })));
  return firing('parse-broken', true, `${counted(files.length, 'file')} no longer parse${files.length === 1 ? 's' : ''}: ${files.map((pair) => pair.after?.path ?? '').join(', ')}.`, evidence);
};

/** Returns the touched files whose text does not parse after the step and did (or was not there) before, sorted by path. */
export function filesThatStopParsing(pairs: readonly FilePair[]): FilePair[] {
  const broken = (pair: FilePair): boolean => (pair.after?.structure?.syntaxErrors.length ?? 0) > 0 && (pair.before?.structure?.syntaxErrors.length ?? 0) === 0;
  return pairs.filter((pair) => pair.touched && broken(pair)).sort((a, b) => compareText(a.after?.path ?? '', b.after?.path ?? ''));
}

/** Fires when something still refers to a declaration that the step removed. Each reference costs 1 of W. */
export const danglingReference: Gate = ({ facts }) => {
  const dangling = [...facts.danglingReferences].sort((a, b) => compareText(a.uri, b.uri) || compareRanges(a.range, b.range) || compareText(a.symbol, b.symbol));
  if (dangling.length === 0) return null;
  const symbols = [...new Set(dangling.map((item) => item.symbol))].sort();
  return firing('dangling-reference', false, `${counted(dangling.length, 'reference')} to what the step removed (${symbols.slice(0, 5).join(', ')}${symbols.length > 5 ? ', …' : ''}).`, dangling);
};

/** Fires when code that was checked before is out of its checker's sight after. Critical; its diagnostics stay in W. */
export const scopeEscape: Gate = ({ facts }) => {
  const escapes = escapesOf(facts);
  if (escapes.length === 0) return null;
  const reasons = escapes.map((escape) => `${escape.path} (${escape.reason})`);
  return firing('scope-escape', true, `The step takes ${counted(escapes.length, 'file')} out of the checker's sight: ${reasons.slice(0, 5).join(', ')}${reasons.length > 5 ? ', …' : ''}.`, escapes.map(placeOf));
};

function escapesOf(facts: StepFacts): StepFacts['scopeEscapes'] {
  const seen = new Map(facts.scopeEscapes.map((escape) => [escape.path, escape]));
  for (const pair of facts.pairs) {
    const reason = lostFromSight(pair, facts.coverage);
    if (pair.before !== null && reason !== null && !seen.has(pair.before.path)) seen.set(pair.before.path, { path: pair.before.path, reason });
  }
  return [...seen.values()].sort((a, b) => compareText(a.path, b.path));
}
