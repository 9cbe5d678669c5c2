import type { Declaration, DeclarationKind, FileStructure } from '../base/declaration.js';
import { LANGUAGES, type Language } from './languages.js';
import { percentEncode, RESERVED } from './percent-encoding.js';

const CALLABLE: ReadonlySet<DeclarationKind> = new Set(['function', 'method', 'constructor']);

/**
 * Returns the id that `declaration` keeps while its body, its neighbours, its formatting and its file's place change:
 * `py:method:Class.method`, with the parameters where they tell overloads apart and `~1`, `~2` … where nothing does.
 * It names a declaration within a file; the same declaration in two files has one id.
 */
export function symbolIdOf(declaration: Declaration, structure: FileStructure): string {
  const language = LANGUAGES.find((row) => row.id === structure.language);
  const id = baseId(declaration, language);
  let namesakes = 0;
  for (const other of structure.declarations) {
    if (other === declaration) break;
    if (baseId(other, language) === id) namesakes += 1;
  }
  return namesakes === 0 ? id : `${id}~${String(namesakes)}`;
}

function baseId(declaration: Declaration, language: Language | undefined): string {
  const name = declaration.qualname.map((part) => percentEncode(part, RESERVED.name)).join('.');
  const id = `${language?.scheme ?? ''}:${declaration.kind}:${name}`;
  return needsParameters(declaration, language) ? `${id}(${normalised(declaration.parameters)})` : id;
}

/** An implementation keeps its id when an overload signature is added beside it, and the other way round. */
function needsParameters({ kind, hasBody }: Declaration, language: Language | undefined): boolean {
  if (kind === 'property') return true;
  return CALLABLE.has(kind) && (language?.hasOverloads === true || !hasBody);
}

function normalised(parameters: string): string {
  return parameters
    .replace(/'/g, '"')
    .replace(/\s*([^\p{ID_Continue}\s"])\s*/gu, '$1')
    .replace(/,$/, '');
}
