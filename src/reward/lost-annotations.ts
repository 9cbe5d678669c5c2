import type { Declaration } from '../base/declaration.js';
import type { EscapeHatch } from './escape-hatch.js';
import { uriFromPath } from '../base/relative-uri.js';
import { TextDocument } from '../base/text-document.js';
import { alignUnits } from './declaration-alignment.js';
import { unitsOf } from './declaration-units.js';
import type { FilePair } from './step-facts.js';

/**
 * Returns an escape hatch for every annotation that a step takes away from a Python function that is still there: a parameter
 * of the same name without its type, or a result without one. What is not annotated is not checked.
 */
export function lostAnnotations({ before, after }: FilePair): EscapeHatch[] {
  if (before?.structure?.language !== 'python' || after?.structure?.language !== 'python') return [];
  const beforeUnits = unitsOf(before.structure, before.tokens);
  const afterUnits = unitsOf(after.structure, after.tokens);
  const [oldText, newText] = [new TextDocument(before.text), new TextDocument(after.text)];
  const hatches: EscapeHatch[] = [];
  for (const [beforeIndex, afterIndex] of alignUnits(beforeUnits, afterUnits).toAfter) {
    const old = beforeUnits[beforeIndex]?.declaration;
    const now = afterUnits[afterIndex]?.declaration;
    if (old == null || now == null || old.kind === 'module' || !/^(?:function|method|constructor|property)$/u.test(now.kind)) continue;
    const lost = lostIn(old, now) + Number(returnsType(oldText, old) && !returnsType(newText, now));
    const lineText = newText.lineText(now.nameRange[0]).trim();
    for (let count = 0; count < lost; count += 1) hatches.push({ kind: 'annotation taken away', uri: uriFromPath(after.path), range: now.nameRange, lineText });
  }
  return hatches;
}

function lostIn(before: Declaration, after: Declaration): number {
  if (before.parameters === after.parameters) return 0;
  const now = annotated(after.parameters);
  return [...annotated(before.parameters)].filter(([name, hasType]) => hasType && now.get(name) === false).length;
}

function returnsType(document: TextDocument, declaration: Declaration): boolean {
  return /\)\s*->/u.test(document.slice(declaration.signatureRange));
}

/** Which parameters have a type, by name. Splits at commas outside brackets and strings. */
function annotated(parameters: string): Map<string, boolean> {
  const parts: string[] = [''];
  let nesting = 0;
  for (const piece of parameters.match(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^"']|["']/gu) ?? []) {
    if (/^[([{]$/u.test(piece)) nesting += 1;
    if (/^[)\]}]$/u.test(piece)) nesting -= 1;
    if (piece === ',' && nesting === 0) parts.push('');
    else parts[parts.length - 1] = (parts.at(-1) ?? '') + piece;
  }
  return new Map(
    parts.flatMap((part): [string, boolean][] => {
      const match = /^\s*\*{0,2}([\p{L}\p{N}_]+)\s*(:)?/u.exec(part);
      return match?.[1] === undefined ? [] : [[match[1], match[2] !== undefined]];
    }),
  );
}
