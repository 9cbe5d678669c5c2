import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fileDiagnostics } from '../../src/lsp/diagnostics.js';
import { resolveInterpreter, type Interpreter } from '../../src/lsp/interpreter.js';
import { locations } from '../../src/lsp/navigation.js';
import { pyright } from '../../src/lsp/servers/pyright.js';
import type { Session } from '../../src/lsp/session.js';
import { Analysis } from '../../src/operations/analysis.js';
import { linesOf, pyrightCommandLine } from './command-line.js';
import { openSession } from './open-session.js';
import { put, tempWorkspace } from './temp-workspace.js';

const PACKAGE = { 'thing/__init__.py': 'from .inner import VALUE as VALUE\n', 'thing/inner.py': 'VALUE: int = 1\n', 'thing-2.5.dist-info/top_level.txt': 'thing\n' };
const USE = { 'use.py': 'from thing import VALUE\nimport other_thing\nx: str = VALUE\n' };

const clean = ({ VIRTUAL_ENV: _venv, ...env }: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv => env;

function resolve(root: string, env: NodeJS.ProcessEnv = clean(), runDir = tempWorkspace()): Promise<Interpreter> {
  return resolveInterpreter({ workspaceRoot: root, env, runDir });
}

async function startWith(root: string, interpreter: Interpreter): Promise<Session> {
  return openSession(pyright, root, { interpreter });
}

function install(sitePackages: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) put(sitePackages, path, content);
}

function putExecutable(root: string, path: string, script: string): void {
  put(root, path, script);
  chmodSync(join(root, path), 0o755);
}

/** A virtual environment as python's venv makes one, whose python says on disk that it was run. */
function hostileVenv(root: string, folder: string, proof: string): void {
  put(root, `${folder}/pyvenv.cfg`, 'home = /usr/bin\ninclude-system-site-packages = false\nversion = 3.10.4\n');
  for (const name of ['python', 'python3']) putExecutable(root, `${folder}/bin/${name}`, `#!/bin/sh\ntouch '${proof}'\n`);
  install(join(root, folder, 'lib/python3.10/site-packages'), PACKAGE);
}

const realVenv = (parent: string): string => {
  execFileSync('python3', ['-m', 'venv', '--without-pip', join(parent, 'real')]);
  return join(parent, 'real');
};

const sitePackagesIn = (venv: string): string => join(venv, 'lib', readdirSync(join(venv, 'lib')).find((name) => name.startsWith('python3')) ?? '', 'site-packages');

describe.skipIf(process.platform === 'win32')('the interpreter of a workspace', () => {
  test('is its own virtual environment, which is read and never run', async () => {
    const root = tempWorkspace(USE);
    const proof = join(tempWorkspace(), 'was-run');
    hostileVenv(root, '.venv', proof);
    const interpreter = await resolve(root);
    expect(interpreter.source).toBe('workspace');
    expect(await interpreter.facts).toEqual({ implementation: 'CPython', version: '3.10.4', sitePackages: [join(root, '.venv/lib/python3.10/site-packages')], searchPaths: [join(root, '.venv/lib/python3.10/site-packages')], problem: null });
    const session = await startWith(root, interpreter);
    expect(linesOf({ 'use.py': await fileDiagnostics(session, 'use.py') })).toEqual(['use.py:2:8-2:19 error reportMissingImports', 'use.py:3:10-3:15 error reportAssignmentType']);
    expect(await locations(session, 'definition', 'use.py', { line: 2, character: 10 })).toEqual([{ uri: 'ext://thing@2.5/thing/inner.py', range: [0, 0, 0, 5] }]);
    expect(existsSync(proof)).toBe(false);
  });

  test('gives what pyright gives when it may run the python of a real environment', async () => {
    const venv = realVenv(tempWorkspace());
    const root = tempWorkspace({ 'use.py': 'from thing import VALUE\nimport linked\nimport sys, nothing\nx: str = VALUE\nif sys.version_info >= (3, 8):\n    y: str = linked.NUMBER\nelse:\n    z: int = ""\n' });
    install(sitePackagesIn(venv), { ...PACKAGE, 'b.pth': `# comment\n../linked-here\nimport os; os.getcwd()\n/no/such/folder\n`, '../linked-here/linked.py': 'NUMBER = 1\n' });
    const expected = pyrightCommandLine(root, ['--pythonpath', join(venv, 'bin/python')]);
    expect(expected).toHaveLength(3);
    const interpreter = await resolve(root, { ...clean(), VIRTUAL_ENV: venv });
    expect(interpreter.source).toBe('VIRTUAL_ENV');
    const session = await startWith(root, interpreter);
    expect(linesOf({ 'use.py': await fileDiagnostics(session, 'use.py') })).toEqual(expected);
    const [outside] = await locations(session, 'definition', 'use.py', { line: 3, character: 10 });
    expect(outside?.uri).toBe('ext://thing@2.5/thing/inner.py');
  });

  test('includes the packages of the base python when the environment says so', async () => {
    const base = tempWorkspace({ 'lib/python3.9/os.py': '', 'lib/python3.9/site-packages/shared.py': 'A = 1\n', 'bin/python3': '' });
    const venv = { 'pyvenv.cfg': `home = ${join(base, 'bin')}\ninclude-system-site-packages = true\nversion_info = 3.9.1.final.0\n`, 'lib/python3.9/site-packages/own.py': 'B = 1\n' };
    const root = tempWorkspace(Object.fromEntries(Object.entries(venv).map(([path, text]) => [`venv/${path}`, text])));
    const { version, sitePackages } = await (await resolve(root)).facts;
    expect(version).toBe('3.9.1');
    expect(sitePackages).toEqual([join(root, 'venv/lib/python3.9/site-packages'), join(base, 'lib/python3.9/site-packages')]);
  });

  test('is the active environment when there is one, even beside one in the workspace', async () => {
    const active = tempWorkspace({ 'pyvenv.cfg': 'home = /usr/bin\nversion = 3.12.1\nimplementation = PyPy\n' });
    const root = tempWorkspace({ '.venv/pyvenv.cfg': 'home = /usr/bin\nversion = 3.10.4\n' });
    const interpreter = await resolve(root, { ...clean(), VIRTUAL_ENV: active });
    expect(interpreter.source).toBe('VIRTUAL_ENV');
    expect(await interpreter.facts).toMatchObject({ implementation: 'PyPy', version: '3.12.1' });
    expect((await resolve(root, { ...clean(), VIRTUAL_ENV: join(active, 'gone') })).source).toBe('workspace');
  });

  test('keeps the scripts of two environments apart in one folder', async () => {
    const runDir = tempWorkspace();
    const one = await resolve(tempWorkspace({ '.venv/pyvenv.cfg': 'version = 3.9.0\n' }), clean(), runDir);
    const two = await resolve(tempWorkspace({ '.venv/pyvenv.cfg': 'version = 3.10.0\n' }), clean(), runDir);
    expect(one.pythonPath).not.toBe(two.pythonPath);
    expect(execFileSync(one.pythonPath ?? '', ['-c', 'version_info'], { encoding: 'utf8' })).toBe('[3,9,0,"final",0]');
  });

  test('is never one that PATH finds in the workspace, absolute, relative or through a link', async () => {
    const proof = join(tempWorkspace(), 'was-run');
    const root = tempWorkspace({ 'a.py': 'import os\nx: int = ""\n' });
    for (const name of ['python3', 'python']) putExecutable(root, `node_modules/.bin/${name}`, `#!/bin/sh\ntouch '${proof}'\n`);
    const PATH = [join(root, 'node_modules/.bin'), 'node_modules/.bin', '.', ''].join(delimiter);
    const interpreter = await resolve(root, { ...clean(), PATH });
    expect(interpreter).toMatchObject({ source: 'none', pythonPath: null });
    const session = await openSession(pyright, root, { interpreter, env: { ...clean(), PATH } });
    expect(linesOf({ 'a.py': await fileDiagnostics(session, 'a.py') })).toEqual(['a.py:2:10-2:12 error reportAssignmentType']);
    expect(existsSync(proof)).toBe(false);
  });

  test('on PATH is asked without importing anything from the workspace', async () => {
    const proof = join(tempWorkspace(), 'was-run');
    const trap = `open(${JSON.stringify(proof)}, 'w')\n`;
    const root = tempWorkspace(Object.fromEntries(['json', 'platform', 'site', 'sitecustomize', 'usercustomize', 'os', 'sys'].map((name) => [`${name}.py`, trap])));
    const interpreter = await resolve(root);
    expect(await interpreter.facts).toMatchObject({ implementation: 'CPython', problem: null });
    const session = await startWith(root, interpreter);
    expect(await fileDiagnostics(session, 'json.py')).toMatchObject({ kind: 'measured' });
    expect(existsSync(proof)).toBe(false);
  });

  test('that does not answer is passed on to pyright, and said to be unknown', async () => {
    const bin = tempWorkspace();
    putExecutable(bin, 'python3', '#!/bin/sh\necho "no such version" >&2\nexit 127\n');
    const interpreter = await resolve(tempWorkspace(), { ...clean(), PATH: bin });
    expect(await interpreter.facts).toEqual({ implementation: 'unknown', version: '', sitePackages: [], searchPaths: [], problem: 'the Python on PATH did not answer (127)' });
    expect(await interpreter.serverPythonPath).toBe(join(bin, 'python3'));
  });

  test('is asked by pyright itself where the script that stands in for it cannot be written', async () => {
    const root = tempWorkspace({ 'a.py': 'x: int = ""\n', taken: '' });
    const interpreter = await resolve(root, clean(), join(root, 'taken'));
    expect(await interpreter.facts).toMatchObject({ implementation: 'CPython', problem: null });
    expect(await interpreter.serverPythonPath).toBe(interpreter.pythonPath);
  });

  test('that does not answer in time is no unknown one: the question is late, and the next one asks it again', async () => {
    const bin = tempWorkspace();
    const root = tempWorkspace({ 'a.py': 'import os\n' });
    const env = { ...clean(), PATH: [bin, process.env['PATH']].join(delimiter) };
    putExecutable(bin, 'python3', '#!/bin/sh\nexec sleep 600\n');
    const analysis = new Analysis({ role: 'test', root, aliases: [], interpreterRoot: root, runDir: tempWorkspace(), env, timeoutMs: 3000 });
    try {
      const ask = (): Promise<string> => analysis.ask(pyright, (session) => Promise.resolve(session.description.name));
      await expect(ask()).rejects.toMatchObject({ code: 'E/LS_TIMEOUT', message: 'the Python on PATH did not answer within 3000 ms' });
      putExecutable(bin, 'python3', '#!/bin/sh\nexit 127\n');
      expect(await ask()).toBe('pyright');
      expect((await (await analysis.asked()).interpreter?.facts)?.implementation).toBe('unknown');
    } finally {
      await analysis.close();
    }
  });

  test.each([
    ['pyrightconfig.json', '{"venvPath": "envs", "venv": "one"}'],
    ['pyproject.toml', '[tool.pyright]\nvenvPath = "envs"\nvenv = "one"\n'],
  ])('that %s names gives the search paths, as on the command line, and is never run', async (name, text) => {
    const root = tempWorkspace({ ...USE, [name]: text, '.venv/pyvenv.cfg': 'version = 3.7.0\n' });
    const proof = join(tempWorkspace(), 'was-run');
    hostileVenv(root, 'envs/one', proof);
    const interpreter = await resolve(root);
    expect(interpreter.source).toBe('settings');
    expect(await interpreter.facts).toMatchObject({ sitePackages: [join(root, 'envs/one/lib/python3.10/site-packages')] });
    const session = await startWith(root, interpreter);
    expect(linesOf({ 'use.py': await fileDiagnostics(session, 'use.py') })).toEqual(pyrightCommandLine(root));
    expect(existsSync(proof)).toBe(false);
  });
});
