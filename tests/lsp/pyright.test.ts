import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/base/failure.js';
import { TextDocument } from '../../src/base/text-document.js';
import { fileDiagnostics, type FileDiagnostics } from '../../src/lsp/diagnostics.js';
import { resolveInterpreter, type Interpreter } from '../../src/lsp/interpreter.js';
import { hover, locations } from '../../src/lsp/navigation.js';
import { pyright } from '../../src/lsp/servers/pyright.js';
import { documentSymbols, workspaceSymbols } from '../../src/lsp/server-symbols.js';
import { mergeSettings } from '../../src/lsp/server-settings.js';
import { changeSettings, settingsSaid, type ServerSpec } from '../../src/lsp/server-spec.js';
import type { Session } from '../../src/lsp/session.js';
import { NO_TRUST } from '../../src/lsp/trust.js';
import { linesOf, pyrightCommandLine } from './command-line.js';
import { openSession } from './open-session.js';
import { put, tempWorkspace } from './temp-workspace.js';

/** `src` is found by pyright's automatic search path alone, so without that setting every import here is an error. */
const SRC_LAYOUT = {
  'src/lib/__init__.py': 'from .core import convert as convert\n',
  'src/lib/core.py': 'def convert(number: int) -> str:\n    """Converts."""\n    return str(number)\n\n\ndef wrong() -> int:\n    return "a"\n',
  'src/use.py': 'from lib import convert\nimport os\n\nvalue: int = convert(1)\nprint(undefined_name)\n\n\ndef unreachable() -> None:\n    return\n    print(1)\n',
  'tests/test_use.py': 'from lib.core import convert\nimport missing_package\n\nassert convert("x") == missing_package.y\n',
  'script.py': 'from lib import convert\nself.x = convert(2).upper(1)\ndef f(:\n',
};

async function pythonOnPath(root: string, runDir: string = tempWorkspace()): Promise<Interpreter> {
  const { VIRTUAL_ENV: _venv, ...env } = process.env;
  return resolveInterpreter({ workspaceRoot: root, env, runDir });
}

async function start(root: string): Promise<Session> {
  return openSession(pyright, root, { interpreter: await pythonOnPath(root) });
}

async function measure(session: Session, paths: readonly string[]): Promise<Record<string, FileDiagnostics>> {
  const answers: Record<string, FileDiagnostics> = {};
  for (const path of paths) answers[path] = await fileDiagnostics(session, path);
  return answers;
}

test('pyright that cannot be told its settings is stopped: with settings of its own it says that files are clean', async () => {
  const root = tempWorkspace({ 'a.py': 'x: int = ""\n' });
  const configuration = (): never => {
    throw new Error('text file busy');
  };
  const session = await openSession({ ...pyright, configuration }, root, { interpreter: await pythonOnPath(root) });
  await expect(fileDiagnostics(session, 'a.py')).rejects.toThrow('pyright asked workspace/configuration and got no answer, and was stopped');
});

describe('pyright says what its command line says', () => {
  const configurations: [string, Record<string, string>][] = [
    ['without settings, over a src layout', SRC_LAYOUT],
    ['with strict settings', { ...SRC_LAYOUT, 'pyrightconfig.json': '{\n  // a comment\n  "typeCheckingMode": "strict",\n}\n' }],
    ['with settings in pyproject.toml', { ...SRC_LAYOUT, 'pyproject.toml': '[tool.pyright]\nreportMissingImports = "warning"\nreportUnreachable = "information"\nexclude = ["tests"]\n' }],
    ['with files left out', { ...SRC_LAYOUT, 'pyrightconfig.json': '{"include": ["src"], "ignore": ["src/lib"]}' }],
    ['with settings that extend themselves', { ...SRC_LAYOUT, 'pyrightconfig.json': '{"extends": "pyrightconfig.json", "typeCheckingMode": "strict"}' }],
    ['with settings that extend others', { ...SRC_LAYOUT, 'pyrightconfig.json': '{"extends": "base.json", "reportAssignmentType": "none"}', 'base.json': '{"typeCheckingMode": "strict"}' }],
  ];

  test.each(configurations)('%s', async (_name, files) => {
    const root = tempWorkspace(files);
    const expected = pyrightCommandLine(root);
    expect(expected.length).toBeGreaterThan(1);
    const session = await start(root);
    expect(linesOf(await measure(session, Object.keys(SRC_LAYOUT)))).toEqual(expected);
  });

  test('about columns after text of every width, a byte order mark, CRLF and lone CR', async () => {
    const root = tempWorkspace({
      'wide.py': 'a = "😀é\u0301"; b: int = "x"\n',
      'marked.py': '\uFEFFc: int = "x"; d: int = "y"\ne: int = "z"\n',
      'crlf.py': 'f: int = "x"\r\ng: int = "😀"; h: int = "y"\r\n',
      'cr.py': 'i: int = "x"\rj: int = "y"\r',
    });
    const session = await start(root);
    const answers = await measure(session, ['cr.py', 'crlf.py', 'marked.py', 'wide.py']);
    expect(linesOf(answers)).toEqual(pyrightCommandLine(root));
    const marked = answers['marked.py'];
    const text = new TextDocument('\uFEFFc: int = "x"; d: int = "y"\ne: int = "z"\n');
    expect(marked?.kind === 'measured' ? marked.diagnostics.map(({ range }) => text.slice(range)) : null).toEqual(['"x"', '"y"', '"z"']);
  });

  test('about bytes that are no UTF-8 and characters that are not printed', async () => {
    const root = tempWorkspace({ 'bytes.py': Buffer.from([0x61, 0x20, 0x3d, 0x20, 0x22, 0xff, 0xfe, 0x22, 0x3b, 0x20, 0x62, 0x3a, 0x69, 0x6e, 0x74, 0x3d, 0x22, 0x22, 0x0a]), 'nul.py': 'a = "\0"; b: int = ""\n' });
    const session = await start(root);
    expect(linesOf(await measure(session, ['bytes.py', 'nul.py']))).toEqual(pyrightCommandLine(root));
  });
});

describe('pyright', () => {
  test('checks another text in the place of one on disk, for as long as it is told to', async () => {
    const root = tempWorkspace({ 'a.py': '\uFEFFx: int = ""\ny: int = ""\n', 'b.py': 'from a import x\n\nz: str = x\n' });
    const session = await start(root);
    const count = async (path: string): Promise<number | null> => {
      const answer = await fileDiagnostics(session, path);
      return answer.kind === 'measured' ? answer.diagnostics.length : null;
    };
    expect([await count('a.py'), await count('b.py')]).toEqual([2, 1]);
    await session.documents.pretend('a.py', '\uFEFFx: str = ""\n          \n');
    expect([await count('a.py'), await count('b.py')]).toEqual([0, 0]);
    // It is what the server reads anew, and what it answers for again.
    await session.readAnew(['a.py']);
    expect(await count('a.py')).toBe(0);
    await session.documents.restore('a.py');
    await session.documents.restore('a.py');
    expect([await count('a.py'), await count('b.py')]).toEqual([2, 1]);
  });

  test('answers for a file that its settings exclude with "excluded", also after it was open', async () => {
    const root = tempWorkspace({ ...SRC_LAYOUT, 'pyrightconfig.json': '{"exclude": ["tests"]}' });
    const session = await start(root);
    expect(await fileDiagnostics(session, 'tests/test_use.py')).toEqual({ kind: 'excluded' });
    expect(await locations(session, 'definition', 'tests/test_use.py', { line: 3, character: 9 })).toMatchObject([{ uri: 'src/lib/core.py' }]);
    expect(await fileDiagnostics(session, 'tests/test_use.py')).toEqual({ kind: 'excluded' });
    expect(await fileDiagnostics(session, 'gone.py')).toEqual({ kind: 'excluded' });
  });

  const settings: [string, Record<string, string>][] = [
    ['none', {}],
    ['folders', { 'pyrightconfig.json': '{"include": ["src"], "exclude": ["src/gen", "src/a.py"]}' }],
    ['any depth', { 'pyrightconfig.json': '{"exclude": ["**/gen", "**/test_*"]}' }],
    ['one depth', { 'pyrightconfig.json': '{"exclude": ["src/*/c.py", "?ools"]}' }],
    ['folders by a pattern', { 'pyrightconfig.json': '{"include": ["s*", "tools/run.py"]}' }],
    ['files by a pattern below folders', { 'pyrightconfig.json': '{"include": ["src/*/c.py", "tools/**/*.py"]}' }],
    ['everything below', { 'pyrightconfig.json': '{"include": ["src/**"], "exclude": ["**/gen/**"]}' }],
    ['what is not a pattern', { 'pyrightconfig.json': '{"exclude": ["{src,tools}", "s[r]c", "!(src)", "src/gen/", "./tools/../lone.py", "/src", 7]}' }],
    ['pyproject.toml', { 'pyproject.toml': '[tool.pyright]\nexclude = ["tools"]\n' }],
    ['others that they extend', { 'pyrightconfig.json': '{"extends": "conf/base.json", "include": ["src", "tools"]}', 'conf/base.json': '{"include": ["."], "exclude": ["../src/gen"]}' }],
    ['empty lists', { 'pyrightconfig.json': '{"include": [], "exclude": []}' }],
    ['an environment', { 'tools/pyvenv.cfg': '', 'src/gen/conda-meta/history': '' }],
    ['only what is below an environment', { 'tools/pyvenv.cfg': '', 'pyrightconfig.json': '{"include": ["tools/deep", "tools/run.py"]}' }],
  ];

  test.each(settings)('leaves out the same files, also when others import them: %s', async (_name, files) => {
    const modules = ['lone', 'src/a', 'src/test_a', 'src/gen/b', 'src/gen/c', 'src/sub/c', 'src/sub/gen/d', 'tools/run', 'tools/deep/er/x', 'node_modules/m', '.hidden/h', 'src/.dot', 'src/Gen/e'].map((name) => `${name}.py`);
    const names = modules.map((path) => path.replace('.py', '').replaceAll('/', '.'));
    const importing = names.filter((name) => !name.includes('..') && !name.startsWith('.')).map((name) => `import ${name}\n`).join('');
    const root = tempWorkspace({ ...files, ...Object.fromEntries(modules.map((path) => [path, `${importing}x: int = ""\n`])) });
    const session = await start(root);
    const answers = await measure(session, modules);
    const errorsOf = (lines: readonly string[]): string[] => lines.filter((line) => line.includes('reportAssignmentType'));
    expect(errorsOf(linesOf(answers))).toEqual(errorsOf(pyrightCommandLine(root)));
    expect(errorsOf(linesOf(answers)).length).toBe(Object.values(answers).filter(({ kind }) => kind === 'measured').length);
  });

  test('leaves out what it is told to leave out, in a workspace without settings only', async () => {
    const files = { 'a.py': 'import out.b\nx: int = ""\n', 'out/b.py': 'x: int = ""\n' };
    const told: ServerSpec = { ...pyright, configuration: (section, ...others) => mergeSettings(pyright.configuration(section, ...others), { analysis: { exclude: ['out'] } }) };
    for (const [settings, kind] of [[{}, 'excluded'], [{ 'pyrightconfig.json': '{}' }, 'measured']] as const) {
      const session = await openSession(told, tempWorkspace({ ...files, ...settings }));
      const unasked = await openSession({ ...told, leavesOut: () => () => false }, tempWorkspace({ ...files, ...settings }));
      expect((await measure(session, ['a.py', 'out/b.py']))['out/b.py']?.kind).toBe(kind);
      expect((await fileDiagnostics(unasked, 'out/b.py')).kind).toBe(kind);
    }
  });

  test('finds every reference right after its start, over files that were never opened', async () => {
    const root = tempWorkspace(SRC_LAYOUT);
    const session = await start(root);
    const found = await locations(session, 'references', 'src/lib/core.py', { line: 0, character: 5 });
    expect(found.map(({ uri, range }) => `${uri}:${String(range[0])}`).sort()).toEqual([
      'script.py:0', 'script.py:1', 'src/lib/__init__.py:0', 'src/lib/__init__.py:0', 'src/lib/core.py:0', 'src/use.py:0', 'src/use.py:3', 'tests/test_use.py:0', 'tests/test_use.py:3',
    ]);
    const others = await locations(session, 'references', 'src/lib/core.py', { line: 0, character: 5 }, false);
    expect(others).toHaveLength(found.length - 1);
  });

  test('answers definition, hover and symbols, with stable names for files outside the workspace', async () => {
    const root = tempWorkspace({ ...SRC_LAYOUT, 'a.py': 'import os\nprint(os.getcwd())\n' });
    const session = await start(root);
    const [outside] = await locations(session, 'definition', 'a.py', { line: 1, character: 0 });
    expect(outside?.uri).toBe(`ext://pyright@${session.description.version}/dist/typeshed-fallback/stdlib/builtins.pyi`);
    expect((await hover(session, 'src/use.py', { line: 3, character: 14 }))?.contents).toContain('Converts.');
    expect((await documentSymbols(session, 'src/lib/core.py')).map(({ name, kind }) => `${kind} ${name}`)).toEqual(['function convert', 'variable number', 'function wrong']);
    expect((await workspaceSymbols(session, 'convert')).map(({ uri }) => uri)).toContain('src/lib/core.py');
  });

  test('has nothing to say at a position past the end', async () => {
    const root = tempWorkspace({ 'a.py': 'x = 1\n' });
    const session = await start(root);
    for (const position of [{ line: 0, character: 500 }, { line: 500, character: 0 }]) {
      expect(await locations(session, 'definition', 'a.py', position)).toEqual([]);
      expect(await hover(session, 'a.py', position)).toBeNull();
    }
    expect(session.alive).toBe(true);
  });

  test('follows a change in the file itself and in dependents that were never opened', async () => {
    const root = tempWorkspace(SRC_LAYOUT);
    const session = await start(root);
    expect(linesOf(await measure(session, Object.keys(SRC_LAYOUT)))).toEqual(pyrightCommandLine(root));
    put(root, 'src/lib/core.py', 'def convert(number: int, extra: int) -> int:\n    return number + extra + "s"\n');
    await session.contentsChanged(['src/lib/core.py']);
    expect(linesOf(await measure(session, Object.keys(SRC_LAYOUT)))).toEqual(pyrightCommandLine(root));
  });

  test('gives 30 right answers for 30 alternating edits, whether the dependent is open or not', async () => {
    const root = tempWorkspace({ 'lib.py': 'x: int = 0\n', 'closed.py': 'from lib import x\na: int = x\n', 'open.py': 'from lib import x\nb: int = x\n' });
    const session = await start(root);
    await hover(session, 'open.py', { line: 0, character: 0 });
    const seen: string[] = [];
    const expected: string[] = [];
    for (let edit = 0; edit < 30; edit += 1) {
      const wrong = edit % 2 === 0;
      put(root, 'lib.py', wrong ? 'x: str = ""\n' : 'x: int = 0\n');
      await session.contentsChanged(['lib.py']);
      seen.push(linesOf(await measure(session, ['closed.py', 'lib.py', 'open.py'])).join(' '));
      expected.push(wrong ? 'closed.py:2:10-2:11 error reportAssignmentType open.py:2:10-2:11 error reportAssignmentType' : '');
      if (edit % 3 === 0) await hover(session, 'open.py', { line: 0, character: 0 });
    }
    expect(seen).toEqual(expected);
  });

  test.each([
    ['pyrightconfig.json', '{\n  "strict": [,\n}\n', 'pyrightconfig.json:2:14: ValueExpected'],
    ['pyrightconfig.json', '', 'pyrightconfig.json:1:1: ValueExpected'],
    ['pyrightconfig.json', '\uFEFF{}', 'pyrightconfig.json:1:1: InvalidSymbol'],
    ['pyrightconfig.json', '["strict"]', 'pyrightconfig.json:1:1: an object of settings expected'],
    ['pyproject.toml', '[tool.pyright\nstrict = ["a"]\n', 'pyproject.toml:1:'],
    ['pyproject.toml', '[tool]\npyright = 3\n', 'pyproject.toml:1:1: an object of settings expected'],
  ])('is not started on a malformed %s (%j), which it would take for defaults', async (name, text, message) => {
    const root = tempWorkspace({ 'a.py': 'x = 1\n', [name]: text });
    const failure = await start(root).then(
      () => null,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(Failure);
    expect(failure).toMatchObject({ code: 'E/BAD_ARGUMENT', message: expect.stringContaining(message) as unknown, details: { file: name } });
    await expect(openSession(pyright, root)).rejects.toMatchObject({ code: 'E/BAD_ARGUMENT' });
  });

  test('is not started when its settings extend a file that is malformed or missing', async () => {
    const malformed = tempWorkspace({ 'pyrightconfig.json': '{"extends": "conf/base.json"}', 'conf/base.json': '{"strict" true}' });
    await expect(openSession(pyright, malformed)).rejects.toMatchObject({ code: 'E/BAD_ARGUMENT', message: 'conf/base.json:1:11: ColonExpected' });
    await expect(openSession(pyright, tempWorkspace({ 'pyrightconfig.json': '{"extends": "none.json"}' }))).rejects.toMatchObject({ code: 'E/BAD_ARGUMENT', message: expect.stringContaining('none.json') as unknown });
  });

  test('ignores a pyproject.toml beside a pyrightconfig.json, and one that says nothing of pyright', async () => {
    const session = await start(tempWorkspace({ 'pyrightconfig.json': '{}', 'pyproject.toml': 'not [ toml', 'a.py': 'x: int = ""\n' }));
    expect((await fileDiagnostics(session, 'a.py')).kind).toBe('measured');
    const other = await start(tempWorkspace({ 'pyproject.toml': '[project]\nname = "x"\n', 'a.py': 'x: int = ""\n' }));
    expect((await fileDiagnostics(other, 'a.py')).kind).toBe('measured');
  });

  test('says so when a workspace has no source file, instead of waiting for one', async () => {
    const session = await start(tempWorkspace({ 'readme.md': 'nothing\n' }));
    expect(await session.sourcesFound()).toBe(true);
  });
});

test.each<[string, Record<string, string>, Record<string, string>, boolean]>([
  ['data', {}, { 'data.json': '{}', 'lock.toml': '' }, false],
  ['what describes the project, where settings lie elsewhere', { 'pyrightconfig.json': '{}' }, { 'pyproject.toml': '[project]\nname = "p"\n' }, false],
  ['what describes the project, where there was none', {}, { 'pyproject.toml': '[project]\nname = "p"\n' }, true],
  ['the version in the file that holds the settings', { 'pyproject.toml': '[project]\nversion = "1"\n[tool.pyright]\nstrict = ["a"]\n' }, { 'pyproject.toml': '[project]\nversion = "2"\n[tool.pyright]\nstrict = ["a"]\n' }, false],
  ['the settings themselves', { 'pyproject.toml': '[tool.pyright]\nstrict = ["a"]\n' }, { 'pyproject.toml': '[tool.pyright]\nstrict = ["b"]\n' }, true],
  ['what they extend', { 'pyrightconfig.json': '{"extends": "base.json"}', 'base.json': '{}' }, { 'base.json': '{"strict": ["a"]}' }, true],
  ['what cannot be read', { 'pyrightconfig.json': '{}' }, { 'pyrightconfig.json': '{' }, true],
  ['what names a Python', {}, { '.python-version': '3.12' }, true],
])('a server is started anew for settings that say something else: %s', (_name, before, after, isNew) => {
  const root = tempWorkspace(before);
  const said = settingsSaid(pyright, root);
  for (const [path, text] of Object.entries(after)) put(root, path, text);
  expect(changeSettings(pyright, root, said, Object.keys(after))).toBe(isNew);
});

test('where steps are measured it has room for what every change makes it work out anew; elsewhere that would cost memory and gain nothing', () => {
  const room = (workspaceRoot: string): readonly string[] => {
    const launch = pyright.locate({ workspaceRoot, homeRoot: '/project', env: {}, runDir: '/run', interpreter: null, trust: NO_TRUST });
    return (launch?.command.args ?? []).filter((arg) => arg.includes('semi-space')).sort();
  };
  expect(room('/state/shadow')).toEqual(['--max-semi-space-size=64', '--min-semi-space-size=64']);
  expect(room('/project')).toEqual([]);
});
