import type { BundleCandidate, BundleResolution } from '../bundles/schema/resolution.js';
import { printableText } from './printable-text.js';
import type { RenderContext } from './render-context.js';
import { decimal } from './wording.js';

const PREVIEW_LINES_MAX = 40;

/** Returns where a selector points, and how sure that is; the code too when a preview is asked for. */
export function renderResolution(context: RenderContext, resolution: BundleResolution): string[] {
  const { resolved, candidates, alphaConf } = resolution;
  if (resolved === null) return candidates.length === 0 ? ['no candidates'] : renderCandidates(context, candidates);
  const [top] = candidates;
  const how = top === undefined ? '' : `${top.how}, `;
  const line = `${context.view.span(resolved.uri, resolved.range)} ${context.colors.dim(`(${how}confidence ${decimal(alphaConf)})`)}`;
  return [line, ...(context.preview ? preview(context, resolved) : []), ...(context.verbose ? renderCandidates(context, candidates) : [])];
}

/** Returns the candidates, best first, each with its score, the selector that means just it, and why it is one. */
export function renderCandidates(context: RenderContext, candidates: readonly BundleCandidate[]): string[] {
  return candidates.flatMap(({ uri, range, score, how, selector, evidence }) => [
    `${context.view.place(uri, range)} ${decimal(score)} ${how} ${printableText(selector)}`,
    ...evidence.map((sentence) => `    ${printableText(sentence)}`),
  ]);
}

function preview({ view }: RenderContext, { uri, range }: NonNullable<BundleResolution['resolved']>): string[] {
  const lastLine = range[3] === 0 && range[2] > range[0] ? range[2] - 1 : range[2];
  const shownLast = Math.min(lastLine, range[0] + PREVIEW_LINES_MAX - 1);
  const width = String(shownLast + 1).length;
  const lines: string[] = [];
  for (let line = range[0]; line <= shownLast; line += 1) {
    const text = view.line(uri, line);
    if (text !== undefined) lines.push(`${String(line + 1).padStart(4 + width)} | ${printableText(text)}`.trimEnd());
  }
  return shownLast < lastLine ? [...lines, `    … ${String(lastLine - shownLast)} more lines`] : lines;
}
