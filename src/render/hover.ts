import type { Bundle } from '../bundles/schema/bundle.js';
import { printableText } from './printable-text.js';
import type { RenderContext } from './render-context.js';

/** Returns where the cursor was, then what the server says there. */
export function renderHover(context: RenderContext, bundle: Bundle): string[] {
  const { hover } = bundle.facts;
  if (hover === undefined || hover === null) return ['no hover information'];
  const resolved = bundle.resolution?.resolved;
  const range = hover.range ?? resolved?.range;
  const place = resolved && range ? [context.view.place(resolved.uri, range)] : [];
  return [...place, ...hover.contents.trim().split(/\r\n|\r|\n/).map(printableText)];
}
