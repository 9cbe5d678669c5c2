import { chmodSync, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { TextDocument } from '../../src/base/text-document.js';
import { fileDiagnostics, type FileDiagnostics } from '../../src/lsp/diagnostics.js';
import { hover, locations } from '../../src/lsp/navigation.js';
import { documentSymbols, workspaceSymbols } from '../../src/lsp/server-symbols.js';
import type { Session } from '../../src/lsp/session.js';
import { typescript, typescriptClassic } from '../../src/lsp/servers/typescript.js';
import { linesOf, tscCommandLine, withoutEnds } from './command-line.js';
import { openSession } from './open-session.js';
import { put, tempWorkspace } from './temp-workspace.js';
import { CHECKED_JAVASCRIPT, codeIn, JAVASCRIPT, SOLUTION, STRICT, WIDE } from './typescript-cases.js';

const KINDS = [
  { spec: typescript, compiler: 'typescript-native/bin/tsc' },
  { spec: typescriptClassic, compiler: 'typescript/lib/tsc.js' },
] as const;

type Workspace = [name: string, files: Readonly<Record<string, string>>];
type Setting = [name: string, tsconfig: string];

async function measure(session: Session, paths: readonly string[]): Promise<Record<string, FileDiagnostics>> {
  const answers: Record<string, FileDiagnostics> = {};
  for (const path of paths) answers[path] = await fileDiagnostics(session, path);
  return answers;
}

describe.each(KINDS)('$spec.id', ({ spec, compiler }) => {
  const open = (root: string): Promise<Session> => openSession(spec, root);
  /** What tsserver shares with TypeScript 7 by construction is not asked of it again: each of its sessions takes seconds. */
  const nativeTest = test.runIf(spec === typescript);
  const nativeOnly = <T>(...cases: T[]): T[] => (spec === typescript ? cases : []);

  test.each<Workspace>([
    ['with strict settings and unused names', STRICT],
    ['over JavaScript that is not checked', JAVASCRIPT],
    ...nativeOnly<Workspace>(['over JavaScript that is checked', CHECKED_JAVASCRIPT]),
    ['about columns after text of every width, a byte order mark and all line ends', WIDE],
  ])('says what its command line says %s', async (_name, files) => {
    const root = tempWorkspace(files);
    // tsc does not count a byte order mark as a column; a bundle does.
    const expected = tscCommandLine(root, compiler).map((line) => line.replace(/^marked.ts:1:(\d+)/, (_all, column) => `marked.ts:1:${String(Number(column) + 1)}`));
    expect(expected.length).toBeGreaterThan(0);
    const session = await open(root);
    expect(withoutEnds(linesOf(await measure(session, codeIn(files))))).toEqual(expected);
  });

  test('says what its command line says over a solution, whichever project is asked first', async () => {
    const expected = tscCommandLine(tempWorkspace(SOLUTION), compiler, ['-b']);
    expect(expected.length).toBeGreaterThan(0);
    for (const paths of [['a/x.ts', 'b/y.ts'], ['b/y.ts', 'a/x.ts']]) {
      const session = await open(tempWorkspace(SOLUTION));
      expect(withoutEnds(linesOf(await measure(session, paths)))).toEqual(expected);
    }
  });

  nativeTest('names exactly the text that is wrong, byte order mark or not', async () => {
    const session = await open(tempWorkspace(WIDE));
    for (const path of codeIn(WIDE)) {
      const answer = await fileDiagnostics(session, path);
      const text = new TextDocument(WIDE[path as keyof typeof WIDE]);
      const wrong = answer.kind === 'measured' ? answer.diagnostics.map(({ range }) => text.slice(range)) : ['excluded'];
      expect(wrong.length).toBeGreaterThan(0);
      for (const name of wrong) expect(name).toMatch(/^[a-n]$/);
    }
  });

  test('says what is wrong with every file when one does not parse, where its command line stops at that one', async () => {
    const files = { ...STRICT, 'src/broken.ts': 'export const = ;\n' };
    const root = tempWorkspace(files);
    const printed = tscCommandLine(root, compiler);
    expect(printed.filter((line) => !line.startsWith('src/broken.ts:'))).toEqual([]);
    const session = await open(root);
    const answers = await measure(session, codeIn(files));
    expect(withoutEnds(linesOf({ 'src/broken.ts': answers['src/broken.ts'] ?? { kind: 'excluded' } }))).toEqual(expect.arrayContaining(printed));
    expect(linesOf({ 'src/use.ts': answers['src/use.ts'] ?? { kind: 'excluded' } }).length).toBeGreaterThan(3);
  });

  test.each<Setting>([
    ...nativeOnly<Setting>(['an unknown library', '{"compilerOptions": {"strict": true, "noEmit": true, "lib": ["es2099"], "types": []}}']),
    ['a missing type library', '{"compilerOptions": {"strict": true, "noEmit": true, "types": ["no-such-types"]}}'],
    ...nativeOnly<Setting>(['options that contradict each other', '{"compilerOptions": {"strict": true, "noEmit": true, "types": [], "composite": true, "incremental": false}}']),
  ])('goes on measuring with %s, where its command line prints that alone', async (_name, tsconfig) => {
    const root = tempWorkspace({ 'tsconfig.json': tsconfig, 'a.ts': 'export const a: number = "x";\n' });
    expect(tscCommandLine(root, compiler).filter((line) => line.startsWith('a.ts'))).toEqual([]);
    const session = await open(root);
    expect(linesOf({ 'a.ts': await fileDiagnostics(session, 'a.ts') })).toEqual(['a.ts:1:14-1:15 error 2322']);
  });

  nativeTest('recovers what it can of a malformed tsconfig.json, as its command line does', async () => {
    const root = tempWorkspace({ 'tsconfig.json': '{"compilerOptions": {"strict": true "noEmit": true, "types": []}}', 'a.ts': 'export function a(b) {}\n' });
    const session = await open(root);
    expect(withoutEnds(linesOf({ 'a.ts': await fileDiagnostics(session, 'a.ts') }))).toEqual(tscCommandLine(root, compiler).filter((line) => line.startsWith('a.ts')));
  });

  test('leaves out a file that no project includes, but measures all where there is no project', async () => {
    const within = await open(tempWorkspace(STRICT));
    expect(await fileDiagnostics(within, 'outside.ts')).toEqual({ kind: 'excluded' });
    const without = await open(tempWorkspace({ 'a.ts': 'export const a: number = "x";\n', 'b/c.js': 'export const d = 1;\n', 'node_modules/x/tsconfig.json': '{}' }));
    expect(linesOf(await measure(without, ['a.ts', 'b/c.js']))).toEqual(['a.ts:1:14-1:15 error 2322']);
    expect((await fileDiagnostics(without, 'b/c.js')).kind).toBe('measured');
  });

  test('answers definition, references, hover and symbols', async () => {
    const root = tempWorkspace({ ...STRICT, 'src/more.ts': '/* 😀 */ import { convert } from "./lib.js"; export const all = [convert, convert(1)];\n' });
    const session = await open(root);
    expect(await locations(session, 'definition', 'src/use.ts', { line: 2, character: 26 })).toEqual([{ uri: 'src/lib.ts', range: [0, 16, 0, 23] }]);
    const found = await locations(session, 'references', 'src/lib.ts', { line: 0, character: 18 });
    expect(found.map(({ uri, range }) => `${uri}:${range.slice(0, 2).join(':')}`).sort()).toEqual(['src/lib.ts:0:16', 'src/more.ts:0:18', 'src/more.ts:0:65', 'src/more.ts:0:74', 'src/use.ts:0:9', 'src/use.ts:2:25', 'src/use.ts:7:0']);
    expect((await hover(session, 'src/use.ts', { line: 2, character: 26 }))?.contents).toContain('convert(count: number): string');
    expect((await documentSymbols(session, 'src/lib.ts')).map(({ name, kind }) => `${kind} ${name}`)).toEqual(expect.arrayContaining(['function convert', 'interface Shape']) as string[]);
    expect((await workspaceSymbols(session, 'convert')).map(({ uri }) => uri)).toContain('src/lib.ts');
  });

  test('has columns of a line with a byte order mark in both directions', async () => {
    const lib = '\uFEFF/*ü*/ export const name = 1;\n';
    const use = '\uFEFFimport { name } from "./lib.js"; export const other = name;\n';
    const session = await open(tempWorkspace({ 'tsconfig.json': WIDE['tsconfig.json'], 'lib.ts': lib, 'use.ts': use }));
    const usage = use.lastIndexOf('name');
    const declared = lib.indexOf('name');
    expect(await locations(session, 'definition', 'use.ts', { line: 0, character: usage + 1 })).toEqual([{ uri: 'lib.ts', range: [0, declared, 0, declared + 4] }]);
    expect((await hover(session, 'use.ts', { line: 0, character: usage }))?.range).toEqual([0, usage, 0, usage + 4]);
  });

  test('ends its lines where LSP ends them, also after a line separator in a string', async () => {
    const text = 'export const one = "\u2028"; export const four: number = "";\nexport const two = "\u2029"; export const three = two;\n';
    const session = await open(tempWorkspace({ 'tsconfig.json': WIDE['tsconfig.json'], 'a.ts': text }));
    const usage = (text.split('\n')[1] ?? '').lastIndexOf('two');
    expect(await locations(session, 'definition', 'a.ts', { line: 1, character: usage + 1 })).toEqual([{ uri: 'a.ts', range: [1, 13, 1, 16] }]);
    expect((await hover(session, 'a.ts', { line: 1, character: usage }))?.range).toEqual([1, usage, 1, usage + 3]);
    expect(linesOf({ 'a.ts': await fileDiagnostics(session, 'a.ts') })).toEqual(['a.ts:1:38-1:42 error 2322']);
  });

  test('finds its way in files whose bytes are no UTF-8, opened or not', async () => {
    const lib = Buffer.from('export const before = "??"; export const name = 1;\n'.replace('??', '\xff\xfe'), 'latin1');
    const root = tempWorkspace({ 'tsconfig.json': WIDE['tsconfig.json'], 'lib.ts': lib, 'use.ts': 'import { name } from "./lib.js";\nexport const other: string = name;\n' });
    const session = await open(root);
    const declared = lib.toString('utf8').indexOf('name');
    for (let round = 0; round < 2; round += 1) {
      expect(await locations(session, 'definition', 'use.ts', { line: 1, character: 30 })).toEqual([{ uri: 'lib.ts', range: [0, declared, 0, declared + 4] }]);
      expect((await hover(session, 'lib.ts', { line: 0, character: declared }))?.range).toEqual([0, declared, 0, declared + 4]);
    }
  });

  test('names its own library outside the workspace, has nothing to say past the end of a file, and goes on', async () => {
    const session = await open(tempWorkspace({ ...STRICT, 'src/a.ts': 'export const a = [1].map(String);\n' }));
    const [found] = await locations(session, 'definition', 'src/a.ts', { line: 0, character: 22 });
    expect(found?.uri).toMatch(/^ext:\/\/typescript@\d[^/]*\/lib\/lib\.es5\.d\.ts$/);
    for (const position of [{ line: 0, character: 500 }, { line: 500, character: 0 }]) {
      expect(await locations(session, 'definition', 'src/a.ts', position)).toEqual([]);
      expect(await hover(session, 'src/a.ts', position)).toBeNull();
    }
    expect(session.alive).toBe(true);
  });

  test('gives 30 right answers for 30 alternating edits, whether the changed file was open or not', async () => {
    const root = tempWorkspace({ 'tsconfig.json': WIDE['tsconfig.json'], 'lib.ts': 'export const x: number = 0;\n', 'other.ts': 'export const y: number = 0;\n', 'use.ts': 'import { x } from "./lib.js";\nimport { y } from "./other.js";\nexport const a: number = x;\nexport const b: number = y;\n' });
    const session = await open(root);
    await hover(session, 'other.ts', { line: 0, character: 14 });
    for (let edit = 0; edit < 30; edit += 1) {
      const [file, name] = edit % 4 < 2 ? ['lib.ts', 'x'] : ['other.ts', 'y'];
      const wrong = edit % 2 === 0;
      put(root, file, wrong ? `export const ${name}: string = "";\n` : `export const ${name}: number = 0;\n`);
      await session.contentsChanged([file]);
      const line = name === 'x' ? 3 : 4;
      expect([edit, ...linesOf({ 'use.ts': await fileDiagnostics(session, 'use.ts') })]).toEqual(wrong ? [edit, `use.ts:${String(line)}:14-${String(line)}:15 error 2322`] : [edit]);
    }
  });

  nativeTest('follows several changes at once as its command line sees them', async () => {
    const root = tempWorkspace(STRICT);
    const session = await open(root);
    await measure(session, codeIn(STRICT));
    put(root, 'src/lib.ts', 'export function convert(count: number, more: number): number {\n  return count + more;\n}\nexport interface Shape { area: number }\nexport const nothing = 1;\n');
    put(root, 'src/use.ts', 'import { convert } from "./lib.js";\nexport const n: string = convert(1);\n');
    await session.contentsChanged(['src/lib.ts', 'src/use.ts']);
    expect(withoutEnds(linesOf(await measure(session, codeIn(STRICT))))).toEqual(tscCommandLine(root, compiler));
  });

  test.skipIf(process.platform === 'win32')('runs nothing of the workspace and asks no one for types', async () => {
    const proof = join(tempWorkspace(), 'was-run');
    const script = `#!/bin/sh\necho "$0" >> '${proof}'\n`;
    const bin = tempWorkspace({ npm: script, npx: script, node: script });
    for (const name of ['npm', 'npx']) chmodSync(join(bin, name), 0o755);
    const evil = `require("node:fs").writeFileSync(${JSON.stringify(proof)}, "");`;
    const root = tempWorkspace({
      'package.json': '{"dependencies": {"lodash": "4", "typescript": "5"}}',
      'a.js': 'const lodash = require("lodash");\nlodash.map;\n',
      'jsconfig.json': '{"compilerOptions": {"plugins": [{"name": "evil"}, {"name": "./evil"}]}, "typeAcquisition": {"enable": true, "include": ["lodash"]}}',
      'evil/index.js': evil,
      'node_modules/evil/index.js': evil,
      'node_modules/typescript/package.json': '{"name": "typescript", "version": "5.0.0"}',
      'node_modules/typescript/lib/tsserver.js': evil,
    });
    const session = await openSession(spec, root, { env: { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}` } });
    expect((await fileDiagnostics(session, 'a.js')).kind).toBe('measured');
    await session.close();
    expect(existsSync(proof)).toBe(false);
  });
});
