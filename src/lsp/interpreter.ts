import { execFile } from 'node:child_process';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { sha256 } from '../base/digest.js';
import { currentTape, observe } from '../base/observe.js';
import { exists, isExecutableFile, isFolder, namesIn, realPathOf, textOf, writePrivateFile } from './files.js';
import { configuredVenv } from './python-settings.js';
import type { Trust } from './trust.js';
import { serverEnvironment, trustedFolders } from './spawn.js';
import { pythonDigest } from './trust.js';

/** What bundles say of a Python and of where its imports come from. */
export interface InterpreterFacts {
  /** `CPython`, `PyPy` …; `none` without a Python, `unknown` when it did not answer. */
  readonly implementation: string;
  readonly version: string;
  /** Folders whose packages imports resolve to, for the digest of dependencies. */
  readonly sitePackages: readonly string[];
  /** Every folder that imports are looked for in, but for the workspace's own: the standard library, packages, and what `.pth` files add. */
  readonly searchPaths: readonly string[];
  /** Why the Python did not answer; null when it did. Then pyright has no search paths of it either, as on its command line. */
  readonly problem: string | null;
  /** Set when it did not answer in time: then nothing is known of it, and what is answered without it might be another answer tomorrow. */
  readonly isLate?: true;
}

/** The Python that a workspace is analysed with. Its promises never reject. */
export interface Interpreter {
  /** `settings`: pyright's own configuration names a virtual environment, which pyright reads itself. */
  readonly source: 'VIRTUAL_ENV' | 'workspace' | 'settings' | 'PATH' | 'none';
  /** The Python on PATH, or the script that answers for a virtual environment's: known at once. Null when there is none. */
  readonly pythonPath: string | null;
  /** Known when the Python has answered, which takes 130 ms through a pyenv shim: the server starts meanwhile. */
  readonly facts: Promise<InterpreterFacts>;
  /**
   * What pyright is told to run. A script that repeats the answer that we already have, because pyright would ask the
   * Python twice more; `pythonPath` itself when that did not answer, and when the script cannot be written.
   */
  readonly serverPythonPath: Promise<string | null>;
}

export interface InterpreterRequest {
  readonly workspaceRoot: string;
  readonly env: NodeJS.ProcessEnv;
  /** A private folder for the script that stands in for a virtual environment's python. */
  readonly runDir: string;
  /** What of the workspace may run. */
  readonly trust?: Trust;
  /** What a Python may take to answer, in milliseconds. */
  readonly answerMs?: number;
}

/** A virtual environment of the workspace. */
export interface VirtualEnvironment {
  /** Its folder's name in the workspace. */
  readonly name: string;
  readonly folder: string;
  /** Its python, and the digest by which that is trusted; null where there is none. */
  readonly python: string | null;
  readonly digest: string | null;
}

/** The virtual environments of a workspace, the one that is analysed with first. They are read, not executed. */
export function virtualEnvironments(workspaceRoot: string): VirtualEnvironment[] {
  return VENV_NAMES.map((name) => ({ name, folder: join(workspaceRoot, name) }))
    .filter(({ folder }) => isVenv(folder))
    .map(({ name, folder }) => {
      const python = ['bin/python', 'bin/python3', 'Scripts/python.exe'].map((path) => join(folder, path)).find(isExecutableFile) ?? null;
      return { name, folder, python, digest: python === null ? null : pythonDigest(folder, python) };
    });
}

const run = promisify(execFile);
const VENV_NAMES = ['.venv', 'venv', 'env'];
const PTH_BYTES_MAX = 64 * 1024;
const ANSWER_MS = 60_000;

/**
 * Resolves VIRTUAL_ENV, then a virtual environment in the workspace, then PATH. One that pyright's settings name
 * replaces the search paths of all three, as on its command line. Nothing inside a workspace is executed unless it is trusted: a
 * virtual environment is read, and a script of ours answers in its python's place. Rejects with E/BAD_ARGUMENT on malformed settings.
 */
export async function resolveInterpreter(request: InterpreterRequest): Promise<Interpreter> {
  if (currentTape() === null) return resolvePython(request);
  const { facts, serverPythonPath, ...known } = await observe({ what: 'interpreter', key: request.workspaceRoot }, async () => {
    const interpreter = await resolvePython(request);
    return { ...interpreter, facts: await interpreter.facts, serverPythonPath: await interpreter.serverPythonPath };
  });
  return { ...known, facts: Promise.resolve(facts), serverPythonPath: Promise.resolve(serverPythonPath) };
}

function resolvePython(request: InterpreterRequest): Promise<Interpreter> {
  return new Promise((done) => {
    const named = configuredVenv(request.workspaceRoot);
    const base = withoutSettings(request, named === null);
    if (named === null) {
      done(base);
      return;
    }
    const facts = base.facts.then((known) => ({ ...known, sitePackages: sitePackagesOf(named), searchPaths: [...known.searchPaths, ...sitePackagesOf(named).flatMap((folder) => [folder, ...pathsFromPthFiles(folder)])] }));
    done({ ...base, source: 'settings', facts });
  });
}

function withoutSettings(request: InterpreterRequest, mayUseWorkspace: boolean): Interpreter {
  const active = request.env['VIRTUAL_ENV'];
  if (active !== undefined && isAbsolute(active) && isVenv(active)) return readVenv('VIRTUAL_ENV', active, request.runDir);
  const [inWorkspace] = mayUseWorkspace ? virtualEnvironments(request.workspaceRoot) : [];
  if (inWorkspace !== undefined) {
    const { folder, python, digest } = inWorkspace;
    if (python !== null && digest !== null && request.trust?.has(digest) === true) return { source: 'workspace', pythonPath: python, ...askPython(python, request) };
    return readVenv('workspace', folder, request.runDir);
  }
  const onPath = findOnPath(request.env, request.workspaceRoot);
  if (onPath !== null) return { source: 'PATH', pythonPath: onPath, ...askPython(onPath, request) };
  const facts = { implementation: 'none', version: '', sitePackages: [], searchPaths: [], problem: null };
  return { source: 'none', pythonPath: null, facts: Promise.resolve(facts), serverPythonPath: Promise.resolve(null) };
}

function isVenv(folder: string): boolean {
  return exists(join(folder, 'pyvenv.cfg'));
}

function readVenv(source: 'VIRTUAL_ENV' | 'workspace', folder: string, runDir: string): Interpreter {
  const settings = parseSettings(textOf(join(folder, 'pyvenv.cfg')));
  const version = (settings.get('version') ?? settings.get('version_info') ?? '').split('.').slice(0, 3).join('.');
  const [major = '3', minor = '0', micro = '0'] = version.split('.');
  const base = dirname(settings.get('home') ?? '');
  const own = sitePackagesOf(folder);
  const shared = settings.get('include-system-site-packages')?.toLowerCase() === 'true' ? systemSitePackages(base, `python${major}.${minor}`) : [];
  const sitePackages = [...own, ...shared];
  const paths = [...standardLibrary(base, `python${major}.${minor}`), ...sitePackages.flatMap((packages) => [packages, ...pathsFromPthFiles(packages)])];
  const pythonPath = writeStandIn(runDir, { path: paths, prefix: folder }, [Number(major), Number(minor), Number.parseInt(micro, 10) || 0, 'final', 0]);
  const facts = { implementation: settings.get('implementation') ?? 'CPython', version, sitePackages, searchPaths: paths, problem: null };
  return { source, pythonPath, facts: Promise.resolve(facts), serverPythonPath: Promise.resolve(pythonPath) };
}

function parseSettings(text: string): Map<string, string> {
  const settings = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const at = line.indexOf('=');
    if (at > 0) settings.set(line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim());
  }
  return settings;
}

function standardLibrary(base: string, name: string): string[] {
  const folders = ['lib', 'lib64'].map((lib) => join(base, lib, name)).filter(isFolder);
  return distinct(folders.flatMap((folder) => [folder, join(folder, 'lib-dynload')]).filter(isFolder));
}

function sitePackagesOf(venv: string): string[] {
  const windows = join(venv, 'Lib', 'site-packages');
  if (isFolder(windows) && !isFolder(join(venv, 'bin'))) return [windows];
  const folders = ['lib', 'lib64'].flatMap((lib) =>
    namesIn(join(venv, lib))
      .filter((name) => /^(python|pypy)3/.test(name))
      .map((name) => join(venv, lib, name, 'site-packages')),
  );
  return distinct(folders.filter(isFolder));
}

/** Where the Python that a virtual environment was made from keeps its packages; Debian has names of its own. */
function systemSitePackages(base: string, name: string): string[] {
  return distinct([join(base, 'lib', name, 'site-packages'), join(base, 'local', 'lib', name, 'dist-packages'), join(base, 'lib', 'python3', 'dist-packages')].filter(isFolder));
}

/** One path per folder: `lib64` is often a link to `lib`. */
function distinct(folders: readonly string[]): string[] {
  const seen = new Set<string>();
  return folders.filter((folder) => {
    const real = realPathOf(folder) ?? folder;
    if (seen.has(real)) return false;
    seen.add(real);
    return true;
  });
}

/** The folders that `.pth` files add, in Python's order (by file name). Lines that are code (`import …`) are not run. */
function pathsFromPthFiles(sitePackages: string): string[] {
  return namesIn(sitePackages)
    .filter((name) => name.endsWith('.pth') && !name.startsWith('.'))
    .flatMap((name) => {
      const lines = textOf(join(sitePackages, name)).slice(0, PTH_BYTES_MAX).split(/\r?\n/);
      const folders = lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#') && !/^import[ \t]/.test(line));
      return folders.map((line) => resolve(sitePackages, line)).filter(isFolder);
    });
}

/**
 * Writes the script that answers pyright's two questions (search paths and version) as this virtual environment's python
 * would, in a folder named by its answers, so that two environments of one run do not overwrite each other.
 */
function writeStandIn(runDir: string, searchPaths: unknown, versionInfo: unknown): string {
  const answers = { 'search-paths.json': JSON.stringify(searchPaths), 'version-info.json': JSON.stringify(versionInfo) };
  const folder = join(runDir, `python-${sha256(JSON.stringify(answers)).slice('sha256:'.length, 'sha256:'.length + 16)}`);
  // Another server of this run may be executing it; one that is there is whole, because it is written last.
  if (isExecutableFile(join(folder, 'python'))) return join(folder, 'python');
  for (const [name, content] of Object.entries(answers)) writePrivateFile(folder, name, content, 0o600);
  const script = '#!/bin/sh\ncase "$*" in\n*version_info*) exec cat "${0%/*}/version-info.json" ;;\n*) exec cat "${0%/*}/search-paths.json" ;;\nesac\n';
  writePrivateFile(folder, 'python', script, 0o700);
  return join(folder, 'python');
}

/** The first python3 or python on PATH that is not inside the workspace. */
function findOnPath(env: NodeJS.ProcessEnv, workspaceRoot: string): string | null {
  return pythonsOnPath(env, workspaceRoot).find(isExecutableFile) ?? null;
}

/** Where such a Python is looked for, in this order. */
export function pythonsOnPath(env: NodeJS.ProcessEnv, workspaceRoot: string): string[] {
  const folders = trustedFolders(env['PATH'] ?? '', workspaceRoot);
  const names = process.platform === 'win32' ? ['python.exe'] : ['python3', 'python'];
  return names.flatMap((name) => folders.map((folder) => join(folder, name)));
}

/** The files that say which Python a shim on PATH runs, where neither a variable nor a folder does: of pyenv, of asdf, of mise. */
export function globalVersionFiles(env: NodeJS.ProcessEnv): string[] {
  const home = env['HOME'] ?? env['USERPROFILE'];
  const pyenv = env['PYENV_ROOT'] ?? (home === undefined ? null : join(home, '.pyenv'));
  const configuration = env['XDG_CONFIG_HOME'] ?? (home === undefined ? null : join(home, '.config'));
  return [...(pyenv === null ? [] : [join(pyenv, 'version')]), ...(home === undefined ? [] : [join(home, '.tool-versions')]), ...(configuration === null ? [] : [join(configuration, 'mise', 'config.toml')])];
}

/**
 * Asks for everything at once. The current folder leaves the search path before anything is imported, because it is the
 * workspace; the rest of the path is what pyright's own question sees.
 */
const QUESTION = [
  'import sys',
  "sys.path[:] = [p for p in sys.path if p != '']",
  'import json, platform, site',
  'print(json.dumps([platform.python_implementation(), platform.python_version(), site.getsitepackages() + [site.getusersitepackages()], sys.path, sys.prefix, list(sys.version_info)]))',
].join('; ');

type Answer = readonly [implementation: string, version: string, sitePackages: string[], path: string[], prefix: string, versionInfo: unknown];

/** Asks from inside the workspace, because pyenv chooses a version by the current folder. */
function askPython(pythonPath: string, { env, workspaceRoot, runDir, answerMs = ANSWER_MS }: InterpreterRequest): Pick<Interpreter, 'facts' | 'serverPythonPath'> {
  const options = { cwd: workspaceRoot, env: serverEnvironment(env, workspaceRoot), timeout: answerMs, killSignal: 'SIGKILL', encoding: 'utf8' } as const;
  const answer = run(pythonPath, ['-c', QUESTION], options).then(({ stdout }) => JSON.parse(stdout) as Answer);
  return {
    facts: answer.then(
      ([implementation, version, sitePackages, path]) => ({ implementation, version, sitePackages: distinct(sitePackages.filter(isFolder)), searchPaths: distinct(path.filter(isFolder)), problem: null }),
      (error: unknown) => ({ implementation: 'unknown', version: '', sitePackages: [], searchPaths: [], ...problemOf(error, answerMs) }),
    ),
    serverPythonPath: answer.then(([, , , path, prefix, versionInfo]) => writeStandIn(runDir, { path, prefix }, versionInfo)).catch(() => pythonPath),
  };
}

function problemOf(error: unknown, answerMs: number): Pick<InterpreterFacts, 'problem' | 'isLate'> {
  const { code, killed } = error as { code?: string | number; killed?: boolean };
  if (killed === true) return { problem: `the Python on PATH did not answer within ${String(answerMs)} ms`, isLate: true };
  return { problem: `the Python on PATH did not answer ${code === undefined ? 'with JSON' : `(${String(code)})`}` };
}
