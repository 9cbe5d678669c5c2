import type { Declaration, Token } from '../base/declaration.js';
import { identifiersIn } from '../base/identifiers.js';
import { compareRanges } from '../base/range.js';
import { unitsOf, type DeclarationUnit } from './declaration-units.js';
import type { FileSide } from './step-facts.js';

/**
 * Returns what an import's name stands for: the module it comes from, the name it has there, and whether only its type is meant. A changed source changes the
 * import although its name did not. Reads the tokens of the statement around the name.
 */
export function importSource(unit: DeclarationUnit, fileTokens: readonly Token[]): string {
  const source = sourceOf(unit, fileTokens);
  return source === null ? '' : JSON.stringify([source.original, source.module, source.isType]);
}

/** The names that an import gives to its file: its own, and that of the module beside it from which the file that stands for a package of Python takes something. */
export function namesBoundBy(declaration: Declaration, { path, structure, tokens }: Pick<FileSide, 'path' | 'structure' | 'tokens'>): string[] {
  const unit = /(?:^|\/)__init__\.pyi?$/u.test(path) ? unitsOf(structure, tokens).find((each) => each.declaration === declaration) : undefined;
  const module = unit === undefined ? '' : (sourceOf(unit, tokens?.tokens ?? [])?.module.join('') ?? '');
  return [declaration.name, ...(module.startsWith('.') ? identifiersIn(module) : [])];
}

function sourceOf(unit: DeclarationUnit, fileTokens: readonly Token[]): { readonly original: string; readonly module: readonly string[]; readonly isType: boolean } | null {
  const name = unit.declaration?.nameRange;
  if (name === undefined) return null;
  const at = fileTokens.findIndex((token) => compareRanges(token.range, name) === 0);
  const statement = statementAround(fileTokens, at);
  const own = statement.findIndex((token) => token === fileTokens[at]);
  const texts = statement.map((token) => token.text);
  const original = texts[own - 1] === 'as' ? (texts[own - 2] ?? '') : (texts[own] ?? '');
  const from = texts.indexOf('from');
  const keyword = texts.indexOf('import');
  // Python names the module before the names, the others after them.
  const module = from !== -1 && from < keyword ? texts.slice(from + 1, keyword) : from !== -1 ? texts.slice(from + 1) : texts.slice(keyword + 1);
  const isType = (texts[1] === 'type' && !/^(?:from|,|=)$/u.test(texts[2] ?? '')) || texts[own - (texts[own - 1] === 'as' ? 3 : 1)] === 'type';
  return { original, module, isType };
}

/** The tokens from the `import`, `from` or `export` that opens the statement to the end of its line outside brackets. */
function statementAround(tokens: readonly Token[], at: number): readonly Token[] {
  let start = at;
  while (start > 0 && !opensStatement(tokens, start)) start -= 1;
  let end = start;
  let nesting = 0;
  while (end < tokens.length) {
    const token = tokens[end];
    const previous = tokens[end - 1];
    if (token === undefined || (end > start && nesting === 0 && previous !== undefined && token.range[0] > previous.range[2]) || token.text === ';') break;
    if (token.text === '(' || token.text === '{') nesting += 1;
    if (token.text === ')' || token.text === '}') nesting -= 1;
    end += 1;
  }
  return tokens.slice(start, end);
}

function opensStatement(tokens: readonly Token[], index: number): boolean {
  const token = tokens[index];
  const previous = tokens[index - 1];
  if (token === undefined || !/^(?:from|import|export|use)$/u.test(token.text)) return false;
  return previous === undefined || previous.text === ';' || previous.range[2] < token.range[0];
}
