import { describe, expect, test } from 'vitest';
import { mayTake } from '../../../src/operations/reward/import-statements.js';
import { fileWords } from '../../../src/operations/reward/word-index.js';

const PACKAGES = new Set(['src/pkg', 'src/pkg/util', 'stubs/pkg-stubs']);

function takes(path: string, text: string, name: string, from: string): boolean {
  const { everywhere: words, members, imports } = fileWords('a.py', text);
  return mayTake({ path, imports, words, members }, name, from, (folder) => PACKAGES.has(folder));
}

describe('who may import a name from a Python file', () => {
  const NODES = 'src/pkg/util/nodes.py';

  test.each([
    ['by its whole path', 'app.py', 'from pkg.util.nodes import clean\n'],
    ['in brackets over lines, with comments', 'app.py', 'from pkg.util.nodes import (  # noqa (all)\n    dirty,  # old (one)\n    clean as tidy,\n)\n'],
    ['over a continued line', 'app.py', 'from pkg.util.nodes import dirty, \\\n    clean\n'],
    ['with everything else', 'app.py', 'from pkg.util.nodes import *\nclean()\n'],
    ['from beside it', 'src/pkg/util/other.py', 'from .nodes import clean\n'],
    ['from the folder above', 'src/pkg/app.py', 'from .util.nodes import clean\n'],
    ['from another folder', 'src/pkg/ext/app.py', 'from ..util.nodes import clean\n'],
    ['through the module, taken from its package', 'app.py', 'from pkg.util import nodes\nnodes.clean()\n'],
    ['through the module, taken from its folder', 'src/pkg/util/other.py', 'from . import nodes\nnodes.clean()\n'],
    ['through the module, under another name', 'app.py', 'import os, pkg.util.nodes as n\nn.clean()\n'],
    ['in a function, after another statement', 'app.py', 'def f():\n    x = 1; from pkg.util.nodes import clean\n'],
    ['as a server finds it beside the importing file', 'src/pkg/util/other.py', 'from nodes import clean\n'],
  ])('%s', (_how, path, text) => {
    expect(takes(path, text, 'clean', NODES)).toBe(true);
  });

  test.each([
    ['another name of it', 'app.py', 'from pkg.util.nodes import dirty\nclean = 1\n'],
    ['a module of that name in another package', 'app.py', 'from docutils.nodes import clean\n'],
    ['a module of that name in another package, as a whole', 'app.py', 'from docutils import nodes\nnodes.clean()\n'],
    ['a module of that name at the top', 'app.py', 'import nodes\nnodes.clean()\n'],
    ['a module of that name in another folder', 'src/pkg/ext/app.py', 'from .nodes import clean\n'],
    ['two names that other modules have', 'app.py', 'from docutils import nodes\nfrom tidy import clean\n'],
    ['the module, and has the name from elsewhere', 'app.py', 'from pkg.util import nodes\nimport clean\nnodes.dirty(clean)\n'],
    ['the name in a comment', 'app.py', 'from pkg.util.nodes import dirty  # not clean\n'],
  ])('not who imports %s', (_what, path, text) => {
    expect(takes(path, text, 'clean', NODES)).toBe(false);
  });

  test('the file that stands for a package goes by the name of its folder', () => {
    const from = 'src/pkg/util/__init__.py';
    expect(takes('app.py', 'from pkg.util import clean\n', 'clean', from)).toBe(true);
    expect(takes('src/pkg/util/nodes.py', 'from . import clean\n', 'clean', from)).toBe(true);
    expect(takes('src/pkg/ext/nodes.py', 'from . import clean\n', 'clean', from)).toBe(false);
    expect(takes('app.py', 'import pkg.util\npkg.util.clean()\n', 'clean', from)).toBe(true);
  });

  test('stubs beside the package', () => {
    expect(takes('app.py', 'from pkg.nodes import clean\n', 'clean', 'stubs/pkg-stubs/nodes.pyi')).toBe(true);
  });
});

test.each([
  ['import org.util.Nodes;\nNodes.clean();\n', true],
  ['import static org.util.Nodes.clean;\nclean();\n', true],
  ['import java.util.List;\nclean();\n', false],
  ['import org.util.Other;\nOther.clean();\n', false],
])('%j of Java', (text, isTaken) => {
  expect(takes('src/App.java', text, 'clean', 'src/org/util/Nodes.java')).toBe(isTaken);
});

describe('who may import a name from a TypeScript file', () => {
  const NODES = 'src/util/nodes.ts';

  test.each([
    ['by its path', 'src/util/other.ts', "import { clean } from './nodes.js';\n"],
    ['over lines, with a comment that holds a quote', 'src/app.ts', 'import {\n  dirty, // don\'t\n  clean as tidy,\n} from "./util/nodes";\n'],
    ['a type', 'src/ext/app.ts', "import type { clean } from '../util/nodes';\n"],
    ['to pass it on', 'src/index.ts', "export { clean as tidy } from './util/nodes';\n"],
    ['as a whole', 'src/app.ts', "import * as nodes from './util/nodes';\nnodes.clean();\n"],
    ['when it is called for', 'src/app.ts', "const { clean } = await import('./util/nodes.js');\n"],
    ['by require', 'src/app.cjs', "const { clean } = require('./util/nodes');\n"],
    ['under an alias of the path', 'app/main.ts', "import { clean } from '@util/nodes';\n"],
  ])('%s', (_how, path, text) => {
    expect(takes(path, text, 'clean', NODES)).toBe(true);
  });

  test.each([
    ['another name of it', 'src/app.ts', "import { importer } from './util/nodes';\nconst clean = 1;\n"],
    ['a module of that name in another folder', 'src/ext/app.ts', "import { clean } from './nodes';\n"],
    ['two names that other modules have', 'src/app.ts', "import { dirty } from './util/nodes';\nimport { clean } from 'tidy';\n"],
  ])('not who imports %s', (_what, path, text) => {
    expect(takes(path, text, 'clean', NODES)).toBe(false);
  });

  test('the file that stands for a folder goes by its name, too', () => {
    const from = 'src/util/index.ts';
    expect(takes('src/app.ts', "import { clean } from './util';\n", 'clean', from)).toBe(true);
    expect(takes('src/app.ts', "import { clean } from './util/index.js';\n", 'clean', from)).toBe(true);
    expect(takes('src/util/nodes.ts', "import { clean } from '.';\n", 'clean', from)).toBe(true);
    expect(takes('src/util/deep/nodes.ts', "import { clean } from '..';\n", 'clean', from)).toBe(true);
    expect(takes('src/util/deep/nodes.ts', "import { clean } from '.';\n", 'clean', from)).toBe(false);
  });
});
