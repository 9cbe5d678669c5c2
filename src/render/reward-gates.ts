import type { GateFiring, Neutralisation } from '../base/process-reward.js';
import { printableText } from './printable-text.js';
import type { RenderContext } from './render-context.js';
import { someOf } from './wording.js';

const EVIDENCE_MAX = 3;

/** Returns a line per gate that fired, and where. A no-op is explained by the reason of the reward and only named here. */
export function renderGates(context: RenderContext, gates: readonly GateFiring[]): string[] {
  return gates.flatMap(({ gate, critical, message, evidence }) => {
    const name = `gate ${context.colors.yellow(gate)}${critical ? ' (critical)' : ''}`;
    const shown = context.verbose ? evidence : evidence.slice(0, EVIDENCE_MAX);
    const hidden = evidence.length - shown.length;
    return [
      gate === 'no-op' ? name : `${name}: ${printableText(message)}`,
      ...shown.map(({ uri, range }) => `    ${context.view.place(uri, range)}`),
      ...(hidden > 0 ? [`    … and ${String(hidden)} more`] : []),
    ];
  });
}

/** Returns what was taken out before measuring: how many of each kind, or with --verbose each with its place. */
export function renderNeutralised(context: RenderContext, neutralised: readonly Neutralisation[]): string[] {
  if (neutralised.length === 0) return [];
  if (context.verbose) return neutralised.map(({ uri, range, kind, text }) => `${context.view.place(uri, range)} neutralised ${kind}: ${printableText(text)}`);
  const kinds = [...new Set(neutralised.map(({ kind }) => kind))].map((kind) => {
    const texts = neutralised.filter((one) => one.kind === kind).map(({ text }) => printableText(text.trim()));
    return `${String(texts.length)} ${kind} (${someOf([...new Set(texts)])})`;
  });
  return [`neutralised: ${kinds.join(', ')}`];
}
