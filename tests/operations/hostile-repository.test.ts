import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { toFailure } from '../../src/base/failure.js';
import type { JsonObject } from '../../src/bundles/json-shape.js';
import { operationNamed } from '../../src/operations/operations.js';
import { hostileRepository } from '../workspace/hostile-repository.js';
import { fingerprint } from '../workspace/temporary-repository.js';
import { openEngine } from './open-engine.js';

const FILES = { 'a.py': 'import os\n\n\ndef f(x: int) -> int:\n    return x\n\n\nf("")\n', 'plain.md': 'one\n' };
const PATCH = '--- a/plain.md\n+++ b/plain.md\n@@ -1 +1 @@\n-one\n+two\n';
const FILTERED = '--- a/b.txt\n+++ b/b.txt\n@@ -1 +1 @@\n-b2\n+b3\n';
const MERGED = 'diff --git a/b.txt b/b.txt\nindex 6178079..5b58a1e 100644\n--- a/b.txt\n+++ b/b.txt\n@@ -1 +1 @@\n-b\n+B\n';
const at = { selector: 'py://a#f' };

/** For every operation: requests that bring it to its questions for Git. A new operation needs some, too. */
const REQUESTS: Readonly<Record<string, readonly JsonObject[]>> = {
  locate: [at, { selector: 'a.py@L4:C5?v=git:HEAD~1' }, { selector: 'anchor://a.py#"return x"?v=git:HEAD' }],
  def: [at],
  decl: [at],
  typedef: [at],
  impl: [at],
  refs: [at],
  highlights: [at],
  hover: [at],
  signature: [{ selector: 'a.py@L8:C3' }],
  completion: [{ selector: 'a.py@L8:C2' }],
  calls: [{ ...at, in: true }],
  types: [{ ...at, sub: true }],
  symbols: [{ path: 'a.py' }, { query: 'f' }],
  diag: [{}],
  'prepare-rename': [at],
  actions: [{ selector: 'py://a#' }],
  reward: [{}, { base: 'HEAD~1', head: 'HEAD' }, { patch: FILTERED }],
  trajectory: [{ run: `${JSON.stringify({ patch: PATCH })}\n` }],
  init: [{}],
  servers: [{}],
  doctor: [{}],
  recover: [{}],
  rename: [{ ...at, newName: 'g', apply: true, commit: 'Rename it' }],
  fix: [{ selector: 'py://a#', kind: 'source.organizeImports' }],
  apply: [{ patch: FILTERED }, { patch: FILTERED, apply: true, commit: 'A filter would run' }, { patch: MERGED, '3way': true }, { patch: PATCH, apply: true, commit: 'Two' }],
  undo: [{}],
};

test('no command of ours makes Git run what a repository configures', async () => {
  const known = toFailure(thrownBy(() => operationNamed('?'))).hint.replace(/^Known commands: |\.$/g, '').split(', ');
  expect(Object.keys(REQUESTS).sort(), 'a new operation needs requests here').toEqual(known.sort());
  const { repository, marker } = hostileRepository(FILES);
  const engine = await openEngine(repository.top);
  const git = (): unknown => fingerprint(join(repository.top, '.git'), { times: true });
  const refused: string[] = [];
  for (const [cmd, requests] of Object.entries(REQUESTS)) {
    for (const args of requests) {
      const before = git();
      const { error } = await engine.run({ cmd, args });
      expect([cmd, args, existsSync(marker)]).toEqual([cmd, args, false]);
      if (error?.code === 'E/INTERNAL') throw new Error(`${cmd}: ${error.message}`);
      // Only a commit that was asked for changes what is under .git.
      if (!('commit' in args)) expect([cmd, args, git()]).toEqual([cmd, args, before]);
      if (error !== undefined) refused.push(`${cmd} ${error.code}`);
    }
  }
  // What pyright does not offer, a commit that would need a filter, and a merge that would need a driver.
  expect(refused).toEqual(['impl E/UNSUPPORTED_CAP', 'types E/UNSUPPORTED_CAP', 'apply E/FS_PERMISSIONS', 'apply E/APPLY_CONFLICT']);
}, 120_000);

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
