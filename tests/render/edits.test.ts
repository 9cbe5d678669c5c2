import { test } from 'vitest';
import type { BundleEdits } from '../../src/bundles/schema/edits.js';
import { DIGEST } from '../bundles/sample-draft.js';
import { checkText } from './check-text.js';

const EDITS: BundleEdits = {
  workspaceEdit: null,
  diff: 'diff --git a/app.py b/app.py\n--- a/app.py\n+++ b/app.py\n@@ -1 +1 @@\n-a\u001b\r\n+b\r\n',
  files: [{ path: 'app.py', before: DIGEST, after: DIGEST }],
  safety: { verdict: 'safe', why: '', checks: [{ name: 'clean', outcome: 'passed', critical: true, message: '' }] },
  delta: { introduced: [], fixed: [], persisting: [], updated: [], removed: [] },
};
const DIFF = ['diff --git a/app.py b/app.py', '--- a/app.py', '+++ b/app.py', '@@ -1 +1 @@'];

test('a preview is what it is about in lines with #, then the diff', () => {
  checkText({ edits: EDITS }, ['# safe: 1 file, nothing was written', '# diagnostics: none new, 0 fixed', '# checks passed: clean', ...DIFF, '-a\uFFFD', '+b']);
});

test('a program gets the diff byte for byte', () => {
  checkText({ edits: EDITS }, ['# safe: 1 file, nothing was written', '# diagnostics: none new, 0 fixed', '# checks passed: clean', ...DIFF, '-a\u001b\r', '+b\r'], { raw: true });
});

test('the action that makes an edit is named in a line with #, too', () => {
  const actions = [{ id: 'a1', title: 'Import x', kind: 'quickfix', isPreferred: false, disabledReason: null, commandOnly: false }];
  checkText({ edits: { ...EDITS, diff: '' }, facts: { actions } }, ['# a1 Import x [quickfix]', '# safe: 1 file, nothing was written', '# diagnostics: none new, 0 fixed', '# checks passed: clean']);
});

test('a rename says what it counts and what it leaves', () => {
  const safety: BundleEdits['safety'] = { ...EDITS.safety, counts: { code: 2, test: 0, comment: 1 }, mentions: { comments: 0, strings: 3, texts: 1, places: [{ kind: 'string', uri: 'app.py', range: [0, 0, 0, 1] }] } };
  checkText({ edits: { ...EDITS, diff: '', safety, symbolIds: [{ uri: 'app.py', before: 'py:import:a', after: 'py:import:b' }, { uri: 'app.py', before: 'py:function:a', after: 'py:function:b' }] } }, [
    '# safe: 1 file, 2 in code, 1 in comments, nothing was written',
    '# diagnostics: none new, 0 fixed',
    '# the old name is left 3 in strings, 1 in texts: app.py',
    '# py:function:a → py:function:b',
    '# checks passed: clean',
  ]);
});

test('other edits count lines, and name the checks that there was nothing to check for', () => {
  const checks = [...EDITS.safety.checks, { name: 'allowed', outcome: 'not-applicable', critical: true, message: '' }] as const;
  checkText({ edits: { ...EDITS, diff: '', safety: { ...EDITS.safety, checks, counts: { code: 1, test: 3, comment: 0 } } } }, [
    '# safe: 1 file, 1 line in code, 3 in tests, nothing was written',
    '# diagnostics: none new, 0 fixed',
    '# checks passed: clean; not applicable: allowed',
  ]);
});

test('a refused edit shows why and no diff, an applied one its transaction', () => {
  const safety: BundleEdits['safety'] = { verdict: 'refused', why: '', checks: [{ name: 'clean', outcome: 'failed', critical: true, message: 'app.py has changes' }, { name: 'same', outcome: 'failed', critical: false, message: 'one file' }] };
  const { delta: _delta, ...rest } = EDITS;
  checkText({ edits: { ...rest, delta: null, deltaReason: 'pyright is late', safety } }, ['# refused: 1 file, nothing was written', '# failed clean: app.py has changes', '# warning same: one file', '# diagnostics unknown: pyright is late']);
  checkText({ edits: { ...EDITS, diff: '', transaction: 'txn-1' } }, ['# safe: 1 file, applied as txn-1', '# diagnostics: none new, 0 fixed', '# checks passed: clean']);
});

test('an error after a transaction was begun does not claim that nothing changed', () => {
  checkText(
    { edits: { ...EDITS, diff: '', files: [], transaction: 'txn-1' }, error: { code: 'E/FS_PERMISSIONS', message: 'no space', hint: '', retryable: false } },
    ['error E/FS_PERMISSIONS: no space', 'The transaction txn-1 was begun: assay recover finishes it or rolls it back.'],
  );
});

test('an edit that was not made does not stand below the reason, unless another one was expected', () => {
  const error = { message: 'no', hint: 'Nothing was written.', retryable: false } as const;
  checkText({ edits: EDITS, error: { ...error, code: 'E/FS_PERMISSIONS' } }, ['error E/FS_PERMISSIONS: no', 'Nothing was written.']);
  checkText({ edits: { ...EDITS, diff: '' }, error: { ...error, code: 'E/CONTENT_MODIFIED', details: { expected: DIGEST, found: DIGEST } } }, ['error E/CONTENT_MODIFIED: no', 'Nothing was written.', '# safe: 1 file, nothing was written', '# diagnostics: none new, 0 fixed', '# checks passed: clean']);
});
