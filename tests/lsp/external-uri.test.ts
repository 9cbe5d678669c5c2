import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ServerUris } from '../../src/lsp/server-uris.js';
import { tempWorkspace } from './temp-workspace.js';

const FILES = {
  'py/lib/python3.11/os.py': '',
  'py/lib/python3.11/site-packages/requests/api.py': '',
  'py/lib/python3.11/site-packages/requests-2.31.0.dist-info/RECORD': 'requests/__init__.py,sha256=x,1\nrequests/api.py,,\n',
  'py/lib/python3.11/site-packages/yaml/a b.py': '',
  'py/lib/python3.11/site-packages/PyYAML-6.0.dist-info/top_level.txt': '_yaml\nyaml\n',
  'py/lib/python3.11/site-packages/single.py': '',
  'py/lib/python3.11/site-packages/Some_Single-1.2.dist-info/RECORD': 'single.py,sha256=x,1\nsingle-data/x.txt,,\n',
  'py/lib/python3.11/site-packages/thing-stubs/x.pyi': '',
  'py/lib/python3.11/site-packages/types_thing-3.0.dist-info/RECORD': 'thing-stubs/x.pyi,,\n',
  'py/lib/python3.11/site-packages/by-hand/x.py': '',
  'npm/node_modules/@scope/one/package.json': '{"name": "@scope/one", "version": "4.5.6"}',
  'npm/node_modules/@scope/one/dist/package.json': '{"type": "module"}',
  'npm/node_modules/@scope/one/dist/index.d.ts': '',
  'npm/node_modules/broken/package.json': '{"name": ',
  'npm/node_modules/broken/index.d.ts': '',
  'npm/package.json': '{"name": "outer", "version": "1.0.0"}',
  'npm/node_modules/@typescript/typescript-linux-x64/package.json': '{"name": "@typescript/typescript-linux-x64", "version": "7.0.2"}',
  'npm/node_modules/@typescript/typescript-linux-x64/lib/lib.d.ts': '',
  'somewhere/notes.txt': '',
};

describe('the URI of a bundle', () => {
  test.each([
    ['py/lib/python3.11/os.py', 'ext://python@3.11/os.py'],
    ['py/lib/python3.11/site-packages/requests/api.py', 'ext://requests@2.31.0/requests/api.py'],
    ['py/lib/python3.11/site-packages/yaml/a b.py', 'ext://PyYAML@6.0/yaml/a%20b.py'],
    ['py/lib/python3.11/site-packages/single.py', 'ext://Some_Single@1.2/single.py'],
    ['py/lib/python3.11/site-packages/thing-stubs/x.pyi', 'ext://types_thing@3.0/thing-stubs/x.pyi'],
    ['py/lib/python3.11/site-packages/by-hand/x.py', 'ext://by-hand@0/by-hand/x.py'],
    ['npm/node_modules/@scope/one/dist/index.d.ts', 'ext://@scope/one@4.5.6/dist/index.d.ts'],
    ['npm/node_modules/broken/index.d.ts', 'ext://outer@1.0.0/node_modules/broken/index.d.ts'],
    ['npm/node_modules/@typescript/typescript-linux-x64/lib/lib.d.ts', 'ext://typescript@7.0.2/lib/lib.d.ts'],
    ['somewhere/notes.txt', 'ext://unknown@0/notes.txt'],
  ])('of %s outside the workspace names its package', (path, uri) => {
    const outside = new ServerUris(tempWorkspace(FILES));
    const uris = new ServerUris(tempWorkspace());
    expect(uris.bundleUri(outside.fileUri(path))).toBe(uri);
    expect(uris.bundleUri(outside.fileUri(path))).toBe(uri);
  });

  test('inside the workspace is relative, through an alias of it too', () => {
    const root = tempWorkspace();
    const shadow = tempWorkspace();
    const uris = new ServerUris(shadow, [root]);
    expect(uris.bundleUri(uris.fileUri('a b/ü#%.py'))).toBe('a%20b/%C3%BC%23%25.py');
    expect(uris.bundleUri(new ServerUris(root).fileUri('.venv/x.py'))).toBe('.venv/x.py');
    expect(uris.bundleUri(new ServerUris(`${root}-other`).fileUri('x.py'))).toMatch(/^ext:/);
    expect(uris.absolutePath('a/b.py')).toBe(join(shadow, 'a', 'b.py'));
  });

  test('of what is no file keeps the server words', () => {
    expect(new ServerUris(tempWorkspace()).bundleUri('untitled:Untitled-1')).toBe('ext://server@0/untitled%3AUntitled-1');
  });
});
