import type { Bundle, BundleError } from '../bundles/schema/bundle.js';
import { renderConflicts } from './conflicts.js';
import { printableText } from './printable-text.js';
import type { RenderContext } from './render-context.js';
import { renderCandidates } from './resolution.js';

/** Returns what happened, the candidates when the answer was ambiguous, what was left untouched, and what to do next. */
export function renderError(context: RenderContext, bundle: Bundle, error: BundleError): string[] {
  const [first = '', ...rest] = error.message.split(/\r\n|\r|\n/).map(printableText);
  return [
    `${context.colors.red('error')} ${error.code}: ${first}`,
    ...rest.map((line) => `  ${line}`),
    ...diffOf(error).map(printableText),
    ...renderConflicts(context, error),
    ...renderCandidates(context, bundle.resolution?.resolved === null ? bundle.resolution.candidates : []),
    ...untouched(bundle, error),
    ...next(error),
  ];
}

/** The change that the error is about, where there is one. */
function diffOf({ details }: BundleError): string[] {
  const diff = typeof details === 'object' && details !== null && 'diff' in details ? details['diff'] : undefined;
  return typeof diff === 'string' ? diff.replace(/\n$/, '').split('\n') : [];
}

/** Says what was left untouched, unless the hint says it already. */
function untouched({ edits }: Bundle, { hint }: BundleError): string[] {
  if (edits?.transaction !== undefined) return [`The transaction ${edits.transaction} was begun: assay recover finishes it or rolls it back.`];
  return /^(?:(?:Nothing|No file|The workspace) was |All of it is written|Some files |Every |They were |Index and HEAD )/.test(hint) ? [] : ['No file was changed.'];
}

function next(error: BundleError): string[] {
  const hint = error.hint === '' ? [] : [printableText(error.hint)];
  return error.retryable ? [...hint, 'The same request may succeed when it is sent again.'] : hint;
}
