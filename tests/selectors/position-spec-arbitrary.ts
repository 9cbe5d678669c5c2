import fc from 'fast-check';
import type { PositionSpec, SelectorQuery } from '../../src/base/position-spec.js';

const awkward = fc.constantFrom('.', ':', '#', '?', '&', '=', '%', '"', '[', ']', '(', ')', '/', ' ', '\\', '\\"', '@L1:C1', '@R(1,1->1,2)', '%41', '::', 'a', 'é', '😀', '\n', '\t', 'def', ':body');
const text = fc.oneof(fc.string({ minLength: 1, maxLength: 12 }), fc.array(awkward, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('')));
const ordinal = fc.integer({ min: 1, max: 0x7fffffff });
const count = fc.integer({ min: 0, max: 999_999_999 });
const hex = fc.string({ unit: fc.constantFrom('0', '1', '9', 'a', 'f'), minLength: 64, maxLength: 64 });

const query: fc.Arbitrary<SelectorQuery> = fc.record(
  {
    overload: count,
    nth: count,
    ctx: count,
    pre: fc.oneof(fc.constant(''), text),
    suf: fc.oneof(fc.constant(''), text),
    hash: text,
    enc: fc.constantFrom('codepoint' as const, 'utf-16' as const, 'utf-8' as const),
    v: fc.oneof(
      text.map((rev) => ({ kind: 'git' as const, rev })),
      hex.map((digest) => ({ kind: 'sha256' as const, digest })),
    ),
  },
  { requiredKeys: [] },
);

const pythonModule = fc.array(text.map((part) => part.replaceAll('.', '_')), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('.'));
const role = fc.constantFrom('def' as const, 'sig' as const, 'body' as const, 'doc' as const);
const qualname = fc.array(text, { maxLength: 3 });
const range = fc.tuple(ordinal, ordinal, ordinal, ordinal).map(([a, b, c, d]) => ({ startLine: Math.min(a, c), startColumn: Math.min(b, d), endLine: Math.max(a, c), endColumn: Math.max(b, d) }));

/** Any position spec that the type allows, awkward characters in every text. */
export const positionSpec: fc.Arbitrary<PositionSpec> = fc.oneof(
  fc.record({ kind: fc.constant('cursor' as const), path: text, line: ordinal, column: ordinal, query }),
  fc.tuple(text, range, query).map(([path, where, rest]) => ({ kind: 'range' as const, path, ...where, query: rest })),
  fc.record({ kind: fc.constant('symbolic' as const), scheme: fc.constant('py' as const), module: pythonModule, qualname, role, query }),
  fc.record({ kind: fc.constant('symbolic' as const), scheme: fc.constant('sym' as const), module: text, qualname, role, query }),
  fc.record({ kind: fc.constant('symbolic' as const), scheme: fc.constant('sym' as const), language: fc.constantFrom('ts', 'js', 'go'), module: text, qualname, role, query }),
  fc.record({
    kind: fc.constant('ast' as const),
    root: fc.record({ kind: fc.constantFrom('module' as const, 'file' as const), name: text }),
    segments: fc.array(fc.record({ kind: fc.constantFrom('class', 'def', 'function_item'), name: text, index: count }, { requiredKeys: ['kind', 'name'] }), { maxLength: 3 }),
    nameOnly: fc.boolean(),
    query,
  }),
  fc.record({ kind: fc.constant('anchor' as const), path: text, snippet: text, query }),
);
