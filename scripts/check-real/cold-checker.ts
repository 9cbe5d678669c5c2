import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parse as parseJsonc } from 'jsonc-parser';

/** What a checker's command line says, one entry per diagnostic: workspace path, rule, 0-based line. */
export interface ColdDiagnostic {
  readonly path: string;
  readonly rule: string;
  readonly line: number;
}

export interface ColdRun {
  readonly diagnostics: readonly ColdDiagnostic[];
  readonly globalErrors: readonly string[];
  /** Folders of projects whose settings the command line refuses: it says nothing of their files then. */
  readonly silent: readonly string[];
}

export type Checker = 'pyright' | 'typescript' | 'typescript-language-server';

const ROOT = resolve(process.cwd());

/**
 * Runs the checker's own command line in a real checkout: in the whole of it, or of several projects in those that may
 * hold `covered` files. Throws when it says something else than diagnostics.
 */
export function coldRun(checker: Checker, checkout: string, covered: ReadonlySet<string> | 'all'): ColdRun {
  return checker === 'pyright' ? coldPyright(checkout) : coldTsc(checker, checkout, covered);
}

function coldPyright(checkout: string): ColdRun {
  const env = { ...process.env };
  for (const name of ['PYTHONPATH', 'PYTHONHOME', 'VIRTUAL_ENV']) Reflect.deleteProperty(env, name);
  const run = spawnSync(process.execPath, [join(ROOT, 'node_modules/pyright/index.js'), '--outputjson'], { cwd: checkout, env, encoding: 'utf8', maxBuffer: 1 << 28 });
  const output = JSON.parse(run.stdout) as { generalDiagnostics: { file: string; rule?: string; severity: string; range: { start: { line: number } } }[] };
  return {
    diagnostics: output.generalDiagnostics.map(({ file, rule, range }) => ({ path: relative(checkout, file), rule: rule ?? 'null', line: range.start.line })),
    globalErrors: [],
    silent: [],
  };
}

interface Project {
  readonly folder: string;
  readonly files: ReadonlySet<string>;
  readonly diagnostics: readonly ColdDiagnostic[];
}

/** Runs tsc once per project. A file that several projects hold is reported by the nearest, as an editor sees it. */
function coldTsc(checker: Checker, checkout: string, covered: ReadonlySet<string> | 'all'): ColdRun {
  const tsc = join(ROOT, checker === 'typescript' ? 'node_modules/typescript-native/bin/tsc' : 'node_modules/typescript/lib/tsc.js');
  const run = (config: string, ...flags: string[]): string =>
    spawnSync(process.execPath, [tsc, '--noEmit', '--pretty', 'false', '-p', config, ...flags], { cwd: checkout, encoding: 'utf8', maxBuffer: 1 << 28 }).stdout;
  const globalErrors: string[] = [];
  const silent = new Set<string>();
  const configs = projectConfigs(checkout).filter((config) => covered === 'all' || [...covered].some((path) => path.startsWith(folderOf(config))));
  const projects = configs.map((config): Project => {
    const files = new Set<string>();
    const diagnostics = new Map<string, ColdDiagnostic>();
    for (const line of run(config, '--listFiles').split('\n')) {
      const match = /^(.+?)\((\d+),(\d+)\): error TS(\d+):/.exec(line);
      if (match?.[1]?.endsWith('.json') === true) silent.add(folderOf(config));
      else if (match !== null) diagnostics.set(match.slice(0, 5).join(), { path: match[1] ?? '', rule: match[4] ?? '', line: Number(match[2]) - 1 });
      else if (/^error TS/.test(line)) globalErrors.push(`${config}: ${line}`);
      else if (line.startsWith(checkout)) files.add(relative(checkout, line.trim()));
    }
    return { folder: folderOf(config), files, diagnostics: [...diagnostics.values()] };
  });
  const nearest = (path: string): Project | undefined =>
    projects.filter(({ folder, files }) => files.has(path) && path.startsWith(folder)).sort((a, b) => b.folder.length - a.folder.length)[0] ?? projects.find(({ files }) => files.has(path));
  return { diagnostics: projects.flatMap((project) => project.diagnostics.filter(({ path }) => nearest(path) === project)), globalErrors, silent: [...silent] };
}

/** The folder of a configuration, with its final slash; '' for the root. */
function folderOf(config: string): string {
  return join(dirname(config), '/').replace(/^\.\//, '');
}

/** Every tracked tsconfig.json, and in the place of one that is only a list of references the projects that it refers to. */
function projectConfigs(checkout: string): string[] {
  const tracked = spawnSync('git', ['ls-files', '--', ':(glob)**/tsconfig.json'], { cwd: checkout, encoding: 'utf8' }).stdout.split('\n').filter(Boolean);
  const configs = tracked.flatMap((config) => {
    const { files, references } = parseJsonc(readFileSync(join(checkout, config), 'utf8')) as { files?: unknown[]; references?: { path: string }[] };
    return files?.length === 0 && references !== undefined ? references.map(({ path }) => join(dirname(config), path)) : [config];
  });
  const files = configs.map((config) => (config.endsWith('.json') ? config : join(config, 'tsconfig.json')));
  return [...new Set(files)].filter((config) => existsSync(join(checkout, config)));
}
