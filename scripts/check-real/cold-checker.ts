import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parse as parseJsonc } from 'jsonc-parser';

/** What a checker's command line says, one entry per diagnostic: workspace path, rule, 0-based line. */
export interface ColdDiagnostic {
  readonly path: string;
  readonly rule: string;
  readonly line: number;
}

export type Checker = 'pyright' | 'typescript' | 'typescript-language-server';

const ROOT = resolve(process.cwd());

/** Runs the checker's own command line in a real checkout. Throws when it says something else than diagnostics. */
export function coldRun(checker: Checker, checkout: string): { diagnostics: ColdDiagnostic[]; globalErrors: string[] } {
  return checker === 'pyright' ? coldPyright(checkout) : coldTsc(checker, checkout);
}

function coldPyright(checkout: string): { diagnostics: ColdDiagnostic[]; globalErrors: string[] } {
  const env = { ...process.env };
  for (const name of ['PYTHONPATH', 'PYTHONHOME', 'VIRTUAL_ENV']) Reflect.deleteProperty(env, name);
  const run = spawnSync(process.execPath, [join(ROOT, 'node_modules/pyright/index.js'), '--outputjson'], { cwd: checkout, env, encoding: 'utf8', maxBuffer: 1 << 28 });
  const output = JSON.parse(run.stdout) as { generalDiagnostics: { file: string; rule?: string; severity: string; range: { start: { line: number } } }[] };
  return {
    diagnostics: output.generalDiagnostics.map(({ file, rule, range }) => ({ path: relative(checkout, file), rule: rule ?? 'null', line: range.start.line })),
    globalErrors: [],
  };
}

function coldTsc(checker: Checker, checkout: string): { diagnostics: ColdDiagnostic[]; globalErrors: string[] } {
  const tsc = join(ROOT, checker === 'typescript' ? 'node_modules/typescript-native/bin/tsc' : 'node_modules/typescript/lib/tsc.js');
  const seen = new Map<string, ColdDiagnostic>();
  const globalErrors: string[] = [];
  for (const project of projectsOf(checkout)) {
    const run = spawnSync(process.execPath, [tsc, '--noEmit', '--pretty', 'false', '-p', project], { cwd: checkout, encoding: 'utf8', maxBuffer: 1 << 28 });
    for (const line of run.stdout.split('\n')) {
      const match = /^(.+?)\((\d+),(\d+)\): error TS(\d+):/.exec(line);
      if (match !== null) seen.set(match.slice(0, 5).join(), { path: match[1] ?? '', rule: match[4] ?? '', line: Number(match[2]) - 1 });
      else if (/^error TS/.test(line)) globalErrors.push(`${project}: ${line}`);
    }
  }
  return { diagnostics: [...seen.values()], globalErrors };
}

/** The root tsconfig, or where that is only a list of references, the projects that it refers to. */
function projectsOf(checkout: string): string[] {
  const root = join(checkout, 'tsconfig.json');
  if (!existsSync(root)) return [];
  const { files, references } = parseJsonc(readFileSync(root, 'utf8')) as { files?: unknown[]; references?: { path: string }[] };
  if (files?.length !== 0 || references === undefined) return ['tsconfig.json'];
  return references.map(({ path }) => path).filter((path) => existsSync(join(checkout, path)));
}
