import { describe, expect, test } from 'vitest';
import { parseSelector } from '../../src/selectors/grammar.js';
import { modulePath, pythonModuleOf } from '../../src/selectors/module-paths.js';

function found(selector: string, paths: readonly string[]): string {
  const resolution = modulePath(parseSelector(selector), new Set(paths));
  if (resolution.kind === 'found') return resolution.path;
  return resolution.kind === 'ambiguous' ? `ambiguous: ${resolution.paths.join(' ')}` : 'not found';
}

describe('modulePath', () => {
  test.each([
    ['py://pkg.mod#', ['pkg/mod.py'], 'pkg/mod.py'],
    ['py://pkg.mod#', ['pkg/mod/__init__.py', 'pkg/mod.py'], 'pkg/mod/__init__.py'],
    ['py://pkg.mod#', ['pkg/mod.pyi', 'pkg/mod.py'], 'pkg/mod.py'],
    ['py://pkg.mod#', ['pkg/mod.pyi'], 'pkg/mod.pyi'],
    ['py://pkg.mod#', ['src/pkg/mod.py'], 'src/pkg/mod.py'],
    ['py://pkg.mod#', ['pkg/mod.py', 'src/pkg/mod.py'], 'pkg/mod.py'],
    ['py://src.pkg.mod#', ['src/pkg/mod.py'], 'src/pkg/mod.py'],
    ['py://mod#', ['lib/mod.py'], 'lib/mod.py'],
    ['py://mod#', ['pkg/__init__.py', 'pkg/mod.py'], 'not found'],
    ['py://mod#', ['a/mod.py', 'b/mod.py'], 'ambiguous: a/mod.py b/mod.py'],
    ['py://mod#', ['a/mod.py', 'b/c/mod.py'], 'a/mod.py'],
    ['py://nothing#', ['a.py'], 'not found'],
    ['sym://src/app.ts#A', ['src/app.ts'], 'src/app.ts'],
    ['sym://./src/app.ts#A', ['src/app.ts'], 'src/app.ts'],
    ['sym://src/app#A', ['src/app.ts'], 'not found'],
    ['ts://src/app#A', ['src/app.tsx'], 'src/app.tsx'],
    ['ts://src/app.ts#A', ['src/app.ts'], 'src/app.ts'],
    ['go://src/app#A', ['src/app.ts', 'src/app.go'], 'src/app.go'],
    ['ast://[module=pkg.mod]/[def=f]', ['pkg/mod.py'], 'pkg/mod.py'],
    ['ast://[module=src/app.ts]/[def=f]', ['src/app.ts'], 'src/app.ts'],
    ['ast://[file=src/app.ts]/[def=f]', ['src/app.ts'], 'src/app.ts'],
    ['a.py@L1:C1', ['a.py'], 'a.py'],
    ['anchor://a.py#"x"', ['b.py'], 'not found'],
  ])('of %s in %j is %s', (selector, paths, expected) => {
    expect(found(selector, paths)).toBe(expected);
  });
});

describe('pythonModuleOf', () => {
  test.each([
    ['pkg/mod.py', ['pkg/__init__.py', 'pkg/mod.py'], 'pkg.mod'],
    ['pkg/__init__.py', ['pkg/__init__.py'], 'pkg'],
    ['src/pkg/mod.py', ['src/pkg/__init__.py', 'src/pkg/mod.py'], 'pkg.mod'],
    ['src/ns/mod.py', ['src/ns/mod.py'], 'mod'],
    ['lib/a.py', ['lib/a.py', 'other/a.py'], 'lib.a'],
    ['pkg/mod.pyi', ['pkg/mod.pyi', 'pkg/mod.py'], null],
    ['my-scripts/run.py', ['my-scripts/run.py'], 'run'],
    ['my-scripts/do-it.py', ['my-scripts/do-it.py'], null],
  ])('of %s in %j is %s', (path, paths, expected) => {
    expect(pythonModuleOf(path, new Set(paths))).toBe(expected);
  });
});
