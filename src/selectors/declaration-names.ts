import type { DeclarationKind } from '../base/declaration.js';

/** A declared name: its parts from the outermost qualifier on, and where the last part stands in the text. */
export interface DeclaredName {
  readonly parts: readonly string[];
  readonly start: number;
  readonly end: number;
}

/** Returns the name that stands at `start`–`end`: quotes are taken off, `A::B<T>::c` and `namespace N.M` are taken apart. */
export function declaredName(text: string, start: number, end: number, kind: DeclarationKind): DeclaredName {
  const written = text.slice(start, end);
  const quoted = /^(\[\s*)?(["'`])(.*)\2(\s*\])?$/s.exec(written);
  if (quoted !== null) {
    const inner = quoted[3] ?? '';
    const from = start + (quoted[1]?.length ?? 0) + 1;
    return { parts: [inner === '' ? written : inner], start: from, end: from + inner.length };
  }
  const separators = kind === 'namespace' ? /::|\./g : /::/g;
  const parts = splitOutsideAngles(written, separators);
  const last = parts.at(-1) ?? written;
  const from = end - last.length;
  return { parts: parts.map(withoutTypeArguments).filter((part) => part !== ''), start: from, end: /^operator\b/.test(last) ? end : from + withoutTypeArguments(last).length };
}

/** Returns the name parts that a qualifier adds: Go's `*List[T]` is `List`, Rust's `fmt::Foo<T>` is `Foo`, `Foo.prototype` is `Foo`, `module.exports` is nothing. */
export function qualifierParts(qualifier: string): string[] {
  const plain = withoutTypeArguments(qualifier.replace(/^[*&\s]+|^(mut|dyn)\s+/g, '').replace(/\[.*\]$/s, ''));
  return plain
    .slice(plain.lastIndexOf('::') === -1 ? 0 : plain.lastIndexOf('::') + 2)
    .split('.')
    .map((part) => part.trim())
    .filter((part) => part !== '' && part !== 'module' && part !== 'exports' && part !== 'prototype' && part !== 'this');
}

function withoutTypeArguments(part: string): string {
  if (/^operator\b/.test(part)) return part.replace(/\s+/g, '');
  const angle = part.indexOf('<');
  return (angle > 0 ? part.slice(0, angle) : part).trim();
}

function splitOutsideAngles(written: string, separators: RegExp): string[] {
  const operator = /\boperator\b/.exec(written)?.index ?? written.length;
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let index = 0; index < operator; index += 1) {
    const character = written[index];
    if (character === '<') depth += 1;
    else if (character === '>') depth -= 1;
    else if (depth === 0) {
      separators.lastIndex = index;
      const match = separators.exec(written);
      if (match?.index === index) {
        parts.push(written.slice(from, index).trim());
        from = index + match[0].length;
        index = from - 1;
      }
    }
  }
  parts.push(written.slice(from).replace(/^\s+/, ''));
  return parts;
}
