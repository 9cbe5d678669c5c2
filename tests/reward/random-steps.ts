import fc from 'fast-check';
import type { Change } from './fake-checker.js';

const WORDS = ['bad_a', 'bad_b', 'warn_a', 'total', 'value', 'bad_a + bad_a', 'bad_b.name'];
const STATEMENTS = ['x = $', 'return $', 'call($, 1)', 'if $: pass', 'y = $  # type: ignore', 'z = [$, x]', 'x = $  # noqa: E1'];

/** Blocks of a Python file: functions, classes with methods, and lines of the module itself. */
const statement = fc.tuple(fc.constantFrom(...STATEMENTS), fc.constantFrom(...WORDS)).map(([form, word]) => form.replace('$', word));
const body = fc.array(statement, { minLength: 1, maxLength: 4 });
const name = fc.constantFrom('f', 'g', 'h', 'load');
const functionBlock = fc.tuple(name, body).map(([symbol, lines]) => [`def ${symbol}(x, y):`, ...lines.map((line) => `    ${line}`)]);
const classBlock = fc.tuple(fc.constantFrom('A', 'B'), functionBlock).map(([symbol, method]) => [`class ${symbol}:`, ...method.map((line) => `    ${line}`)]);
const moduleLine = fc.tuple(fc.constantFrom('x = $', 'call($, 1)'), fc.constantFrom(...WORDS)).map(([form, word]) => [form.replace('$', word)]);
const block = fc.oneof(functionBlock, functionBlock, classBlock, moduleLine);

/** What a mutation does to the blocks of a file, chosen by numbers so that it shrinks well. */
interface Mutation {
  readonly kind: 'drop' | 'swap' | 'rename' | 'insert' | 'edit' | 'cut';
  readonly at: number;
  readonly block: readonly string[];
  readonly line: string;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom('drop', 'swap', 'rename', 'insert', 'edit', 'cut'),
  at: fc.nat(20),
  block,
  line: statement,
});

function mutate(blocks: readonly (readonly string[])[], { kind, at, block: other, line }: Mutation): (readonly string[])[] {
  const result = [...blocks];
  if (kind === 'insert' || result.length === 0) {
    result.splice(at % (result.length + 1), 0, other);
    return result;
  }
  const index = at % result.length;
  const chosen = result[index] ?? [];
  if (kind === 'drop') result.splice(index, 1);
  else if (kind === 'swap') result.splice(0, 0, ...result.splice(index, 1));
  else if (kind === 'rename') result[index] = chosen.map((text) => text.replace(/def (\w+)/, 'def renamed_$1').replace(/class (\w+)/, 'class Renamed$1'));
  else {
    const last = chosen.length - 1;
    const indent = /^\s*/.exec(chosen[last] ?? '')?.[0] ?? '';
    if (kind === 'edit') result[index] = [...chosen.slice(0, last), indent + line];
    else if (last > 1) result[index] = chosen.slice(0, last);
  }
  return result;
}

const textOf = (blocks: readonly (readonly string[])[]): string => blocks.map((lines) => `${lines.join('\n')}\n`).join('\n');

/** One file before and after some mutations; sometimes created, deleted or renamed. */
const change = (path: string): fc.Arbitrary<Change> =>
  fc.tuple(fc.array(block, { maxLength: 5 }), fc.array(mutation, { maxLength: 3 }), fc.constantFrom('kept', 'kept', 'kept', 'created', 'deleted', 'renamed')).map(([blocks, mutations, fate]): Change => {
    const before = textOf(blocks);
    const after = textOf(mutations.reduce<(readonly string[])[]>(mutate, [...blocks]));
    if (fate === 'created') return [path, null, after];
    if (fate === 'deleted') return [path, before, null];
    return fate === 'renamed' ? [path, before, after, `moved/${path}`] : [path, before, after];
  });

/** Steps over up to three Python files whose diagnostics the fake checker reports. */
export const randomStep: fc.Arbitrary<readonly Change[]> = fc.tuple(change('a.py'), change('b.py'), change('pkg/c.py')).chain((changes) => fc.subarray(changes, { minLength: 1 }));
