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
  'go/pkg/mod/github.com/!burnt!sushi/toml@v1.3.2/decode.go': '',
  'golang/VERSION': 'go1.22.1\ntime 2024\n',
  'golang/src/fmt/print.go': '',
  'cargo/registry/src/index.crates.io-6f17/serde-json-1.0.1/src/lib.rs': '',
  'cargo/git/checkouts/regex-0a1b2c/3d4e/src/lib.rs': '',
  'rustup/toolchains/stable-x86_64-unknown-linux-gnu/lib/rustlib/src/rust/library/std/src/io.rs': '',
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
    ['go/pkg/mod/github.com/!burnt!sushi/toml@v1.3.2/decode.go', 'ext://github.com/!burnt!sushi/toml@v1.3.2/decode.go'],
    ['golang/src/fmt/print.go', 'ext://go@1.22.1/src/fmt/print.go'],
    ['cargo/registry/src/index.crates.io-6f17/serde-json-1.0.1/src/lib.rs', 'ext://serde-json@1.0.1/src/lib.rs'],
    ['cargo/git/checkouts/regex-0a1b2c/3d4e/src/lib.rs', 'ext://regex@3d4e/src/lib.rs'],
    ['rustup/toolchains/stable-x86_64-unknown-linux-gnu/lib/rustlib/src/rust/library/std/src/io.rs', 'ext://rust@stable/library/std/src/io.rs'],
  ])('of %s outside the workspace names its package', (path, uri) => {
    const outside = new ServerUris(tempWorkspace(FILES));
    const uris = new ServerUris(tempWorkspace());
    expect(uris.bundleUri(outside.fileUri(path))).toBe(uri);
    expect(uris.bundleUri(outside.fileUri(path))).toBe(uri);
  });

  test('has its like in what a server writes: where the workspace lies is not told', () => {
    const [root, alias] = [tempWorkspace(), tempWorkspace()];
    const uris = new ServerUris(root, [alias]);
    expect(uris.textOf(`'${join(root, 'a.ts')}' and "${join(alias, 'b', 'c.ts')}" of ${root}`)).toBe(`'a.ts' and "${join('b', 'c.ts')}" of ${root}`);
  });

  test('inside the workspace is relative, through an alias of it too', () => {
    const root = tempWorkspace();
    const shadow = tempWorkspace();
    const uris = new ServerUris(shadow, [root]);
    expect(uris.bundleUri(uris.fileUri('a b/ü#%.py'))).toBe('a%20b/%C3%BC%23%25.py');
    expect(uris.bundleUri(new ServerUris(root).fileUri('.venv/x.py'))).toBe('.venv/x.py');
    // A server may write two slashes; what is behind them is no absolute path.
    expect(uris.bundleUri(`${uris.rootUri}//etc/passwd`)).toBe('etc/passwd');
    expect(uris.bundleUri(`${uris.rootUri}///../x.py`)).toBe('x.py');
    expect(uris.bundleUri(new ServerUris(`${root}-other`).fileUri('x.py'))).toMatch(/^ext:/);
    expect(uris.absolutePath('a/b.py')).toBe(join(shadow, 'a', 'b.py'));
  });

  test('of a package that is installed in the workspace is that of the package, unless it is one of the workspace itself', () => {
    const root = tempWorkspace({ '.venv/lib/python3.11/site-packages/yaml/x.py': '', 'node_modules/one/package.json': '{"name": "one", "version": "1.2.3"}', 'node_modules/one/x.ts': '' });
    const uris = new ServerUris(root, [], (path) => path === 'fixtures/node_modules/two/x.ts');
    expect(uris.bundleUri(uris.fileUri('.venv/lib/python3.11/site-packages/yaml/x.py'))).toBe('ext://yaml@0/yaml/x.py');
    expect(uris.bundleUri(uris.fileUri('node_modules/one/x.ts'))).toBe('ext://one@1.2.3/x.ts');
    expect(uris.bundleUri(uris.fileUri('fixtures/node_modules/two/x.ts'))).toBe('fixtures/node_modules/two/x.ts');
  });

  test('of a neighbour that belongs to no package is its path beside the workspace, and of a header its path in the system', () => {
    const root = tempWorkspace();
    const uris = new ServerUris(root);
    expect(uris.bundleUri(uris.fileUri('../lib/x.py'))).toBe('ext://unknown@0/lib/x.py');
    expect(uris.bundleUri('file:///usr/include/c++/12/vector')).toBe('ext://system@0/include/c++/12/vector');
  });

  test('of a class in an archive is its place there', () => {
    const uris = new ServerUris(tempWorkspace());
    expect(uris.bundleUri('jdt://contents/java.base/java.lang/String.class?=app/%2Fusr%2Flib%2Fjvm')).toBe('ext://java.base@0/java.lang/String.class');
  });

  test('of what is no file keeps the server words', () => {
    expect(new ServerUris(tempWorkspace()).bundleUri('untitled:Untitled-1')).toBe('ext://server@0/untitled%3AUntitled-1');
  });
});
