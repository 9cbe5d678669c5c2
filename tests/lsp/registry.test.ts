import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/base/failure.js';
import { checkUse, knownServers, serversFor, SERVERS, type ServerChoice } from '../../src/lsp/registry.js';
import { HASH_DIRECTIVES, SLASH_DIRECTIVES } from '../../src/reward/suppression-syntax.js';

const NOTHING: ServerChoice = { servers: SERVERS, use: new Map(), server: undefined, packageJson: null, installedTypescript: null };

function idFor(path: string, choice: Partial<ServerChoice> = {}): string | null {
  return serversFor(path, { ...NOTHING, ...choice }).main?.id ?? null;
}

describe('the server for a file', () => {
  test.each([
    ['a.py', 'pyright'],
    ['deep/er/b.pyi', 'pyright'],
    ['a.ts', 'typescript'],
    ['a.mts', 'typescript'],
    ['a.d.cts', 'typescript'],
    ['a.tsx', 'typescript'],
    ['a.js', 'typescript'],
    ['a.cjs', 'typescript'],
    ['a.jsx', 'typescript'],
    ['a.go', 'gopls'],
    ['a.rs', 'rust-analyzer'],
    ['a.h', 'clangd'],
    ['A.java', 'jdtls'],
    ['package.json', null],
    ['run.sh', null],
    ['Makefile', null],
    ['.py', null],
    ['a.py.txt', null],
  ])('%s is %s', (path, id) => expect(idFor(path)).toBe(id));

  test.each([
    ['is installed as 5', { installedTypescript: '5.9.3' }, 'typescript-language-server'],
    ['is installed as 6 beta', { installedTypescript: '6.0.0-beta' }, 'typescript-language-server'],
    ['is installed as 7', { installedTypescript: '7.0.2' }, 'typescript'],
    ['is installed as 7 and asked for as 5', { installedTypescript: '7.0.2', packageJson: '{"devDependencies": {"typescript": "^5.0.0"}}' }, 'typescript'],
    ['is installed as 5 and asked for as 7', { installedTypescript: '5.9.3', packageJson: '{"devDependencies": {"typescript": "^7.0.0"}}' }, 'typescript-language-server'],
    ['is asked for as ^5.4.0', { packageJson: '{"devDependencies": {"typescript": "^5.4.0"}}' }, 'typescript-language-server'],
    ['is asked for as a dependency', { packageJson: '{"dependencies": {"typescript": "~4.9"}}' }, 'typescript-language-server'],
    ['is asked for as 5', { packageJson: '{"devDependencies": {"typescript": "5"}}' }, 'typescript-language-server'],
    ['is asked for as >=5 <7', { packageJson: '{"devDependencies": {"typescript": ">=5 <7"}}' }, 'typescript-language-server'],
    ['is asked for under another name', { packageJson: '{"devDependencies": {"typescript": "npm:@other/typescript5@6.0.3"}}' }, 'typescript-language-server'],
    ['is asked for as 7', { packageJson: '{"devDependencies": {"typescript": "^7.0.0"}}' }, 'typescript'],
    ['is asked for as 10', { packageJson: '{"devDependencies": {"typescript": "^10.1.0"}}' }, 'typescript'],
    ['is asked for as latest', { packageJson: '{"devDependencies": {"typescript": "latest"}}' }, 'typescript'],
    ['is asked for as *', { packageJson: '{"devDependencies": {"typescript": "*"}}' }, 'typescript'],
    ['is not asked for', { packageJson: '{"devDependencies": {"vitest": "4"}}' }, 'typescript'],
    ['is asked for in a file with a byte order mark', { packageJson: '\uFEFF{"devDependencies": {"typescript": "5.1"}}' }, 'typescript-language-server'],
    ['is asked for in a file that does not parse', { packageJson: '{"devDependencies": ' }, 'typescript'],
    ['is asked for by something else than a text', { packageJson: '{"devDependencies": {"typescript": 5}, "dependencies": []}' }, 'typescript'],
    ['is asked for in a file that holds no object', { packageJson: 'null' }, 'typescript'],
  ])('where TypeScript %s', (_name, choice, id) => {
    expect(idFor('a.ts', choice)).toBe(id);
    expect(idFor('a.py', choice)).toBe('pyright');
  });

  test('is the one that the user asks for, for the languages that it knows', () => {
    expect(idFor('a.ts', { server: 'typescript', installedTypescript: '5.0.0' })).toBe('typescript');
    expect(idFor('a.ts', { server: 'typescript-language-server' })).toBe('typescript-language-server');
    expect(idFor('a.py', { server: 'typescript' })).toBe('pyright');
  });

  test('is no unknown one', () => {
    expect(() => idFor('a.ts', { server: 'golps' })).toThrow(Failure);
    expect(() => idFor('a.ts', { server: 'golps' })).toThrow('--server: there is no server "golps"');
  });
});

describe('the servers that a configuration chooses', () => {
  const use = (chosen: Record<string, string[]>): ServerChoice => ({ ...NOTHING, use: new Map(Object.entries(chosen)) });
  const idsFor = (path: string, choice: ServerChoice): string[] => {
    const { main, linters } = serversFor(path, choice);
    return [main, ...linters].flatMap((spec) => (spec === null ? [] : [spec.id]));
  };

  test('answer in the order of the list: the first for everything, the others with their diagnostics', () => {
    expect(idsFor('a.py', use({ python: ['basedpyright', 'ruff'] }))).toEqual(['basedpyright', 'ruff']);
    expect(idsFor('a.ts', use({ python: ['basedpyright', 'ruff'] }))).toEqual(['typescript']);
    expect(idsFor('style.css', use({ css: ['vscode-css-language-server'] }))).toEqual(['vscode-css-language-server']);
  });

  test('are chosen by extension before language, and tsx is TypeScript', () => {
    expect(idsFor('a.tsx', use({ typescript: ['vtsls'] }))).toEqual(['vtsls']);
    expect(idsFor('a.js', use({ typescript: ['vtsls'] }))).toEqual(['typescript']);
    expect(idsFor('a.pyi', use({ python: ['ty'], '.pyi': ['pyright'] }))).toEqual(['pyright']);
  });

  test('yield to the one that is asked for', () => {
    expect(idsFor('a.py', { ...use({ python: ['basedpyright', 'ruff'] }), server: 'ruff' })).toEqual(['ruff']);
  });

  test.each([
    [{ pyton: ['pyright'] }, 'use.pyton: expected a language id'],
    [{ python: ['pyrihgt'] }, 'use.python: there is no server "pyrihgt"'],
  ])('%j is refused', (chosen, message) => expect(() => checkUse(use(chosen as unknown as Record<string, string[]>), SERVERS)).toThrow(message));
});

test('the known servers are listed with their languages', () => {
  for (const { id } of SERVERS) expect(knownServers()).toContain(`${id} (`);
  expect(knownServers()).toContain('pyright (python: .py .pyi)');
});

test('the directives that a server reads are called as the reward calls them: one under another name would never be neutralised', () => {
  const known = new Set([...HASH_DIRECTIVES, ...SLASH_DIRECTIVES].map(({ kind }) => kind));
  const named = SERVERS.flatMap(({ id, directives = [] }) => directives.map((kind) => [id, kind] as const));
  expect(named.map(([id]) => id)).toContain('pyright');
  expect(named.filter(([, kind]) => !known.has(kind))).toEqual([]);
});
