import type { BundleEdits } from '../bundles/schema/edits.js';
import { printableText } from './printable-text.js';
import type { RenderContext } from './render-context.js';
import { counted } from './wording.js';

/** Returns the unified diff, how many files it is about, and the checks that did not pass. */
export function renderEdits({ colors }: RenderContext, edits: BundleEdits): string[] {
  const diff = edits.diff === '' ? [] : edits.diff.replace(/\n$/, '').split('\n').map((line) => printableText(line.replace(/\r$/, '')));
  const failed = edits.safety.checks.filter(({ outcome }) => outcome === 'failed');
  const state = edits.transaction === undefined ? 'preview, nothing was written' : `applied as ${edits.transaction}`;
  return [
    ...diff,
    `${counted(edits.files.length, 'file')} (${state})`,
    ...failed.map(({ name, critical, message }) => `${colors.red(critical ? 'failed' : 'warning')} ${name}: ${message}`),
  ];
}
