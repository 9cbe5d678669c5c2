import type { BundleLocation } from '../bundles/schema/location.js';
import { printableText } from './printable-text.js';
import type { RenderContext } from './render-context.js';

/** Returns a line per place: where it is, then its line of code. */
export function renderLocations(context: RenderContext, locations: readonly BundleLocation[], noun: string): string[] {
  if (locations.length === 0) return [`no ${noun}`];
  return locations.map(({ uri, range }) => {
    const code = context.view.line(uri, range[0])?.trim() ?? '';
    return `${context.view.place(uri, range)} ${printableText(code)}`.trimEnd();
  });
}
