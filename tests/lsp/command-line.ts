import { spawnSync } from 'node:child_process';
import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FileDiagnostics } from '../../src/lsp/diagnostics.js';

const inPackage = (path: string): string => fileURLToPath(new URL(`../../node_modules/${path}`, import.meta.url));

/** One line per diagnostic: `path:line:column severity code`, 1-based UTF-16, sorted. What command line and server must agree on. */
export type Lines = string[];

export function linesOf(answers: Readonly<Record<string, FileDiagnostics>>): Lines {
  return Object.entries(answers)
    .flatMap(([path, answer]) =>
      answer.kind === 'excluded'
        ? []
        : answer.diagnostics.map(({ range, severity, code }) => `${path}:${String(range[0] + 1)}:${String(range[1] + 1)}-${String(range[2] + 1)}:${String(range[3] + 1)} ${severity} ${String(code)}`),
    )
    .sort();
}

/** The same lines without the end of the range, which tsc does not print. */
export function withoutEnds(lines: Lines): Lines {
  return lines.map((line) => line.replace(/-\d+:\d+ /, ' ')).sort();
}

interface PyrightReport {
  readonly generalDiagnostics: readonly { readonly file: string; readonly severity: string; readonly rule?: string; readonly range: Record<'start' | 'end', { line: number; character: number }> }[];
}

export function pyrightCommandLine(root: string, args: readonly string[] = []): Lines {
  const { stdout } = spawnSync(process.execPath, [inPackage('pyright/index.js'), '--outputjson', ...args], { cwd: root, encoding: 'utf8', env: withoutVenv() });
  const report = JSON.parse(stdout) as PyrightReport;
  return report.generalDiagnostics
    .map(({ file, severity, rule, range: { start, end } }) => `${relative(root, file).split(sep).join('/')}:${String(start.line + 1)}:${String(start.character + 1)}-${String(end.line + 1)}:${String(end.character + 1)} ${severity} ${rule ?? 'null'}`)
    .sort();
}

function withoutVenv(): NodeJS.ProcessEnv {
  const { VIRTUAL_ENV: _venv, PYTHONPATH: _path, ...env } = process.env;
  return env;
}

/** `project` is what follows `-p`; `build` runs `tsc -b` instead, which follows project references. */
export function tscCommandLine(root: string, compiler: 'typescript-native/bin/tsc' | 'typescript/lib/tsc.js', args: readonly string[] = ['--noEmit', '-p', '.']): Lines {
  const { stdout } = spawnSync(process.execPath, [inPackage(compiler), ...args, '--pretty', 'false'], { cwd: root, encoding: 'utf8' });
  return stdout
    .split('\n')
    .flatMap((line) => {
      const match = /^(\S.*)\((\d+),(\d+)\): (error|warning) TS(\d+): /.exec(line);
      return match === null ? [] : [`${match[1] ?? ''}:${match[2] ?? ''}:${match[3] ?? ''} ${match[4] ?? ''} ${match[5] ?? ''}`];
    })
    .sort();
}
