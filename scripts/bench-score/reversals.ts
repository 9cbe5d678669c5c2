import type { NamedPatch } from './generated.js';
import { gitIn } from './git-in.js';

/** The last `count` commits of a clone that still can be taken back, as the patches that do so; each touches source files, four at most. */
export function reversals(clone: string, suffixes: readonly string[], count: number): NamedPatch[] {
  const git = gitIn(clone);
  const found: NamedPatch[] = [];
  for (const commit of git(null, 'log', '--no-merges', '--format=%H', '-3000', '--', ...suffixes).split('\n').filter(Boolean)) {
    if (found.length === count) break;
    const range = [commit, `${commit}~1`, '--', ...suffixes];
    try {
      const paths = git(null, 'diff', '--name-only', '--diff-filter=M', '--no-renames', ...range).split('\n').filter(Boolean);
      const patch = git(null, 'diff', '--no-renames', ...range);
      if (paths.length === 0 || paths.length > 4 || patch.match(/^diff /gmu)?.length !== paths.length) continue;
      git(patch, 'apply', '-');
      // As one would write it today: the lines have moved since.
      found.push({ name: commit.slice(0, 8), paths, patch: git(null, 'diff', '--no-renames') });
      git(null, 'checkout', '-q', '--', '.');
    } catch {
      // The first commit has none before it; others cannot be taken back any more.
    }
  }
  return found;
}
