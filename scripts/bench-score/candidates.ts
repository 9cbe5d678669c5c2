import { readFileSync } from 'node:fs';
import type { NamedPatch } from './generated.js';
import { gitIn } from './git-in.js';

interface Line {
  readonly id?: string | number;
  readonly base: string;
  readonly patch: string;
}

/**
 * The patches of a JSONL file, as `assay score` reads it, that start from the commit which its first line names, apply there and touch source files. The
 * clone holds that commit afterwards.
 */
export function candidates(clone: string, file: string, suffixes: readonly string[], count: number): NamedPatch[] {
  const git = gitIn(clone);
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line) as Line);
  const base = lines[0]?.base ?? 'HEAD';
  git(null, 'checkout', '-q', base);
  const found: NamedPatch[] = [];
  for (const { id, patch } of lines.filter((line) => line.base === base)) {
    if (found.length === count) break;
    try {
      git(patch, 'apply', '--index', '--whitespace=nowarn', '-');
    } catch {
      // What Git does not apply has no cold run.
      continue;
    }
    const paths = git(null, 'diff', '--cached', '--name-only', '--diff-filter=d', '--', ...suffixes).split('\n').filter(Boolean);
    git(null, 'reset', '-q', '--hard');
    if (paths.length > 0) found.push({ name: String(id ?? found.length), paths, patch });
  }
  return found;
}
