import { expect, test } from 'vitest';
import { filesSeeing, importersThrough, isImported } from '../../../src/operations/reward/dependents.js';
import { fileWords, WordIndex } from '../../../src/operations/reward/word-index.js';

const FILES = {
  'pkg/__init__.py': '',
  'pkg/a.py': 'class A: ...\n',
  'pkg/b.py': 'from pkg.a import A\n',
  'tests/test_c.py': 'from pkg import b\n\nA = 1\n',
  'tests/test_d.py': 'from docs import a\n\nA = 1\n',
  'src/a.ts': 'export const a = 1;\n',
  'src/b.ts': "import { a } from './a';\n",
  'src/c.test.ts': "import './b';\n",
};
const INDEX = new WordIndex(new Map(Object.entries(FILES).map(([path, text]) => [path, fileWords(path, text)])));

test('who can have a value of what a file declares is known of Python, and of the tests of TypeScript', () => {
  expect([...(importersThrough(INDEX, 'pkg/a.py') ?? [])].sort()).toEqual(['pkg/a.py', 'pkg/b.py', 'tests/test_c.py']);
  expect([...(importersThrough(INDEX, 'tests/test_c.py') ?? [])]).toEqual(['tests/test_c.py']);
  expect(importersThrough(INDEX, 'src/a.ts')).toBeNull();
  expect([...(importersThrough(INDEX, 'src/c.test.ts') ?? [])]).toEqual(['src/c.test.ts']);
});

test('a file that no other imports is known to be one in Python', () => {
  expect(['pkg/a.py', 'tests/test_c.py', 'src/c.test.ts'].map((path) => isImported(INDEX, path))).toEqual([true, false, true]);
});

test('a name that a file imports is seen by those that take it there, through each other, or of what may be that module', () => {
  const files = {
    'pkg/__init__.py': 'from . import a\n',
    'pkg/a.py': 'import sys\n',
    'pkg/b.py': 'from pkg.a import sys\n',
    'pkg/c.py': 'from pkg.b import *\n\nsys.exit()\n',
    'pkg/d.py': 'import sys\nfrom pkg import a\n\na.run(sys)\n',
    'pkg/e.py': 'import pkg\n\npkg.a.sys.exit()\n',
    'pkg/f.py': 'import other\n\nother.sys.exit()\n',
    'src/a.ts': "import { sys } from './sys';\n",
    'src/b.ts': "import * as a from './a';\n\na.run(sys);\n",
  };
  const index = new WordIndex(new Map(Object.entries(files).map(([path, text]) => [path, fileWords(path, text)])));
  const seeing = (by: string): string[] => [...filesSeeing(index, { name: 'sys', by, modules: ['a'] })].sort();
  expect(seeing('pkg/a.py')).toEqual(['pkg/a.py', 'pkg/b.py', 'pkg/c.py', 'pkg/e.py']);
  expect(seeing('src/a.ts')).toContain('src/b.ts');
});
