import type { Token } from '../base/declaration.js';
import { uriFromPath } from '../base/relative-uri.js';
import { compareRanges } from '../base/range.js';
import { TextDocument } from '../base/text-document.js';
import type { EscapeHatch } from './escape-hatch.js';
import { groupBy } from '../base/group-by.js';
import { lostAnnotations } from './lost-annotations.js';
import type { FilePair, FileSide } from './step-facts.js';
import { compareText } from './text-order.js';

/**
 * Returns the escape hatches that a step adds, in source order. Per file and kind only an increase counts, and a hatch that
 * came with its line from another file is no increase. Annotations taken away count as well. Files without tokens have none.
 */
export function addedEscapeHatches(pairs: readonly FilePair[]): EscapeHatch[] {
  const surplus: EscapeHatch[] = [];
  const deficit: EscapeHatch[] = [];
  for (const pair of pairs.filter((candidate) => candidate.touched)) {
    const before = groupBy(escapeHatchesOf(pair.before), (hatch) => hatch.kind);
    const after = groupBy(escapeHatchesOf(pair.after), (hatch) => hatch.kind);
    for (const kind of new Set([...before.keys(), ...after.keys()])) {
      const old = before.get(kind) ?? [];
      const now = after.get(kind) ?? [];
      const change = now.length - old.length;
      if (change > 0) surplus.push(...unmatched(now, old).slice(0, change));
      if (change < 0) deficit.push(...unmatched(old, now).slice(0, -change));
    }
  }
  const lost = pairs.filter((pair) => pair.touched).flatMap(lostAnnotations);
  return [...unmatched(surplus.sort(bySource), deficit), ...lost].sort(bySource);
}

/** Returns the escape hatches of one file, in source order. */
function escapeHatchesOf(side: FileSide | null): EscapeHatch[] {
  const tokens = side?.tokens?.tokens;
  if (side === null || tokens === undefined) return [];
  const find = FINDERS.get(side.structure?.language ?? '') ?? FINDERS.get(LANGUAGE_OF_EXTENSION.get(side.path.slice(side.path.lastIndexOf('.') + 1)) ?? '');
  if (find === undefined) return [];
  const document = new TextDocument(side.text);
  return tokens.flatMap((token, index) => {
    const kind = find(tokens, index);
    return kind === null ? [] : [{ kind, uri: uriFromPath(side.path), range: token.range, lineText: document.lineText(token.range[0]).trim() }];
  });
}

/** Says which escape hatch the token at `index` opens, or null. */
type Finder = (tokens: readonly Token[], index: number) => string | null;

const LANGUAGE_OF_EXTENSION: ReadonlyMap<string, string> = new Map([
  ['py', 'python'],
  ['pyi', 'python'],
  ['ts', 'typescript'],
  ['mts', 'typescript'],
  ['cts', 'typescript'],
  ['tsx', 'tsx'],
  ['go', 'go'],
  ['rs', 'rust'],
  ['java', 'java'],
]);

const FINDERS: ReadonlyMap<string, Finder> = new Map([
  ['python', pythonHatch],
  ['typescript', typescriptHatch],
  ['tsx', typescriptHatch],
  ['go', goHatch],
  ['rust', rustHatch],
  ['java', javaHatch],
]);

function pythonHatch(tokens: readonly Token[], index: number): string | null {
  const named = pythonHatchNamed(tokens, index);
  return named === null || isImported(tokens, index) ? null : named;
}

function pythonHatchNamed(tokens: readonly Token[], index: number): string | null {
  const token = tokens[index];
  if (token?.type !== 'identifier') return null;
  const previous = tokens[index - 1]?.text;
  const next = tokens[index + 1]?.text;
  if (token.text === 'Any') return 'Any';
  if (token.text === 'no_type_check' || token.text === 'no_type_check_decorator') return '@no_type_check';
  if (next !== '(') return null;
  const isOwnName = previous === 'def' || (previous === '.' && tokens[index - 2]?.text !== 'typing' && tokens[index - 2]?.text !== 't' && tokens[index - 2]?.text !== 'typing_extensions');
  if (isOwnName) return null;
  if (token.text === 'cast') return 'cast';
  return token.text === 'getattr' && isConstantGetattr(tokens, index + 1) ? 'getattr with a constant' : null;
}

/** `getattr(x, "name")` without a default is `x.name` out of the checker's sight. */
function isConstantGetattr(tokens: readonly Token[], open: number): boolean {
  const commas: number[] = [];
  let nesting = 0;
  for (let index = open; index < tokens.length; index += 1) {
    const text = tokens[index]?.text ?? '';
    if (/^[([{]$/u.test(text)) nesting += 1;
    else if (/^[)\]}]$/u.test(text)) nesting -= 1;
    else if (text === ',' && nesting === 1) commas.push(index);
    if (nesting > 0) continue;
    const [comma, ...others] = commas;
    const name = tokens.slice((comma ?? index) + 1, index).filter((token) => token.text !== ',');
    const isOnlyName = others.length === 0 || (others.length === 1 && others[0] === index - 1);
    return isOnlyName && name.length > 0 && name.every((token) => token.type.startsWith('string')) && !/^[a-z]*[fF]/u.test(name[0]?.text ?? '');
  }
  return false;
}

/** True for a name in an `import` statement: naming it there uses nothing yet. */
function isImported(tokens: readonly Token[], index: number): boolean {
  const parent = tokens[index]?.parentType ?? '';
  if (parent.includes('import')) return true;
  const line = tokens[index]?.range[0];
  for (let at = index - 1; at >= 0 && (tokens[at]?.range[0] === line || parent === 'dotted_name'); at -= 1) {
    const text = tokens[at]?.text ?? '';
    if (text === 'import' || text === 'from') return true;
    if (!/^[\w.,(]+$/u.test(text)) return false;
  }
  return false;
}

function typescriptHatch(tokens: readonly Token[], index: number): string | null {
  const token = tokens[index];
  if (token === undefined) return null;
  const { text, parentType } = token;
  const previous = tokens[index - 1]?.text;
  if (text === 'any' && (token.type === 'any' || parentType === 'predefined_type' || token.type === 'predefined_type')) return 'any';
  if (text === 'never' && previous === 'as') return 'as never';
  if (text === 'as' && previous === 'unknown' && tokens[index - 2]?.text === 'as') return 'as unknown as';
  if (text === '!' && parentType === 'non_null_expression') return 'non-null assertion';
  if (text === '!' && tokens[index + 1]?.text === ':') return 'definite assignment';
  if (token.type === 'type_identifier' && (text === 'Function' || text === 'Object') && !/^(class|interface|type|enum)$/u.test(previous ?? '')) return `${text} as a type`;
  return null;
}

/** `any` as the constraint of a type parameter asks for nothing and hides nothing. */
function goHatch(tokens: readonly Token[], index: number): string | null {
  const token = tokens[index];
  if (token?.text === 'any' && token.type === 'type_identifier' && !/constraint|type_parameter|type_elem/u.test(token.parentType)) return 'any';
  if (token?.text === 'interface' && tokens[index + 1]?.text === '{' && tokens[index + 2]?.text === '}') return 'interface{}';
  return token?.text === 'Pointer' && tokens[index - 2]?.text === 'unsafe' ? 'unsafe.Pointer' : null;
}

function rustHatch(tokens: readonly Token[], index: number): string | null {
  const text = tokens[index]?.text;
  if (text === 'unsafe' && tokens[index + 1]?.text === '{') return 'unsafe block';
  return text === 'transmute' && !/^(?:fn|use|,)$/u.test(tokens[index - 1]?.text ?? '') && tokens[index + 1]?.text !== ';' ? 'transmute' : null;
}

/** What `equals` takes is an Object in every class. */
function javaHatch(tokens: readonly Token[], index: number): string | null {
  const token = tokens[index];
  if (token?.text !== 'Object' || token.type !== 'type_identifier') return null;
  const isFinal = tokens[index - 1]?.text === 'final';
  return tokens[index - (isFinal ? 3 : 2)]?.text === 'equals' ? null : 'Object as a type';
}

/** The members of `items` that no member of `others` with the same kind and line accounts for. */
function unmatched(items: readonly EscapeHatch[], others: readonly EscapeHatch[]): EscapeHatch[] {
  const counts = new Map<string, number>();
  const key = (hatch: EscapeHatch): string => `${hatch.kind}\u0000${hatch.lineText}`;
  for (const other of others) counts.set(key(other), (counts.get(key(other)) ?? 0) + 1);
  return items.filter((item) => {
    const left = counts.get(key(item)) ?? 0;
    counts.set(key(item), left - 1);
    return left <= 0;
  });
}

function bySource(a: EscapeHatch, b: EscapeHatch): number {
  return compareText(a.uri, b.uri) || compareRanges(a.range, b.range) || compareText(a.kind, b.kind);
}
