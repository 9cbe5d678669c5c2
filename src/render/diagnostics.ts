import type { BundleFacts } from '../bundles/schema/facts.js';
import type { BundleDiagnostic } from '../bundles/schema/diagnostic.js';
import { diagnosticLines } from './diagnostic-lines.js';
import type { RenderContext } from './render-context.js';
import { counted, severityCounts, unmeasuredLines } from './wording.js';

/** Returns every diagnostic, how many there are, and what could not be measured: silence about a file never means that it is clean. */
export function renderDiagnostics(context: RenderContext, diagnostics: readonly BundleDiagnostic[], coverage: BundleFacts['coverage']): string[] {
  return [
    ...diagnostics.flatMap((diagnostic) => diagnosticLines(context, diagnostic)),
    summary(diagnostics, coverage),
    ...unmeasuredLines(coverage?.unmeasured ?? []),
    ...unmeasuredLines(coverage?.incomplete ?? [], 'incomplete'),
  ];
}

function summary(diagnostics: readonly BundleDiagnostic[], coverage: BundleFacts['coverage']): string {
  const found = severityCounts(diagnostics);
  if (coverage === undefined) return found === '' ? 'no diagnostics' : found;
  if (coverage.measured.length > 0) return `${found === '' ? 'no diagnostics' : found} (${counted(coverage.measured.length, 'file')} checked)`;
  if (found !== '') return found;
  if (coverage.incomplete !== undefined) return 'no diagnostics so far';
  return coverage.unmeasured.length > 0 ? 'nothing was measured' : 'no files to check';
}
