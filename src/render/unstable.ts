import type { UnstableFact } from '../bundles/schema/unstable.js';
import { printableText } from './printable-text.js';
import type { RenderContext } from './render-context.js';

/** Returns a line per fact that is known to have had other answers: where, what was asked, and when the answers differ. */
export function renderUnstable({ view, colors }: RenderContext, unstable: readonly UnstableFact[]): string[] {
  return unstable.map(({ cmd, uri, range, server, differs, diagnostic }) => {
    const what = diagnostic === undefined ? cmd : `${cmd} [${printableText(String(diagnostic.code ?? diagnostic.source))}]`;
    return `${view.place(uri, range)} ${colors.yellow('unstable')} ${what} of ${printableText(server.name)} differs ${differs}`;
  });
}
