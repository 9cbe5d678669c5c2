import { containsRange } from '../base/range.js';
import { pythonFunctions, type Source } from './python-functions.js';

/** Returns the members of what a file of Python imports as `name` that it names; null where it may use that otherwise than for a member. */
export function membersNamed(source: Source, name: string): ReadonlySet<string> | null {
  const { structure, tokens } = source;
  if (structure === null || tokens === null) return null;
  // Where a function has a parameter or a variable of that name, it is that, unless it imports it itself.
  const apart = pythonFunctions(source).filter(({ local, inBody }) => local.has(name) && !inBody.some(({ text }) => text === 'import')).map(({ declaration }) => declaration.range);
  const inString = new RegExp(`\\b${name}\\s*\\.\\s*(\\w+)`, 'gu');
  const members = new Set<string>();
  const all = tokens.tokens;
  for (const [index, { text, parentType, range }] of all.entries()) {
    if (parentType.includes('string')) {
      // It may be a type.
      for (const [, member = ''] of text.matchAll(inString)) members.add(member);
      continue;
    }
    if (text !== name || all[index - 1]?.text === '.' || apart.some((outer) => containsRange(outer, range))) continue;
    const next = all[index + 1]?.text;
    if (next === '.') members.add(all[index + 2]?.text ?? '');
    // What is imported is it, and what is assigned, declared or given by that name another thing.
    else if (parentType !== 'dotted_name' && next !== '=' && !(next === ':' && parentType === 'assignment')) return null;
  }
  return members;
}
