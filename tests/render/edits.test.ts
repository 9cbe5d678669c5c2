import { test } from 'vitest';
import type { BundleEdits } from '../../src/bundles/schema/edits.js';
import { DIGEST } from '../bundles/sample-draft.js';
import { checkText } from './check-text.js';

const EDITS: BundleEdits = {
  workspaceEdit: null,
  diff: '--- a/app.py\n+++ b/app.py\n@@ -1 +1 @@\n-a\n+b\n',
  files: [{ path: 'app.py', before: DIGEST, after: DIGEST }],
  safety: { checks: [{ name: 'clean', outcome: 'passed', critical: true, message: '' }] },
  delta: null,
};

test('a preview is the diff and its size', () => {
  checkText({ edits: EDITS }, ['--- a/app.py', '+++ b/app.py', '@@ -1 +1 @@', '-a', '+b', '1 file (preview, nothing was written)']);
});

test('an applied edit names its transaction, and a failed check is shown', () => {
  const safety: BundleEdits['safety'] = { checks: [{ name: 'clean', outcome: 'failed', critical: true, message: 'app.py has changes' }, { name: 'same', outcome: 'failed', critical: false, message: 'one file' }] };
  checkText({ edits: { ...EDITS, diff: '', transaction: 'txn-1', safety } }, ['1 file (applied as txn-1)', 'failed clean: app.py has changes', 'warning same: one file']);
});

test('an error after a transaction was begun does not claim that nothing changed', () => {
  checkText(
    { edits: { ...EDITS, diff: '', files: [], transaction: 'txn-1' }, error: { code: 'E/FS_PERMISSIONS', message: 'no space', hint: '', retryable: false } },
    ['error E/FS_PERMISSIONS: no space', 'The transaction txn-1 was begun: assay recover finishes it or rolls it back.', '0 files (applied as txn-1)'],
  );
});
