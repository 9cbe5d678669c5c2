import { containsRange } from '../base/range.js';
import type { BundleFacts } from '../bundles/schema/facts.js';
import type { BundleSymbol } from '../bundles/schema/location.js';
import { printableText } from './printable-text.js';
import type { RenderContext } from './render-context.js';
import { counted } from './wording.js';

/** Returns an outline: a line per symbol, indented below the symbols around it, with the selector to come back with. */
export function renderSymbols(context: RenderContext, symbols: readonly BundleSymbol[], noun: string): string[] {
  if (symbols.length === 0) return [`no ${noun}`];
  const around: BundleSymbol[] = [];
  return symbols.map((symbol) => {
    while (around.length > 0 && !isInside(symbol, around.at(-1))) around.pop();
    const indent = '  '.repeat(around.length);
    around.push(symbol);
    return symbolLine(context, symbol, indent);
  });
}

/** Returns a line per caller or callee, with how often it calls or is called. */
export function renderCalls(context: RenderContext, calls: NonNullable<BundleFacts['calls']>): string[] {
  if (calls.length === 0) return ['no calls'];
  return calls.map((call) => {
    const symbol = 'from' in call ? call.from : call.to;
    return `${symbolLine(context, symbol, '')} ${context.colors.dim(`(${counted(call.ranges.length, 'call')})`)}`;
  });
}

function symbolLine(context: RenderContext, symbol: BundleSymbol, indent: string): string {
  const { uri, selectionRange, kind, name, selector } = symbol;
  return `${context.view.place(uri, selectionRange)} ${indent}${kind} ${printableText(name)} ${context.colors.dim(printableText(selector))}`;
}

function isInside(symbol: BundleSymbol, outer: BundleSymbol | undefined): boolean {
  return outer !== undefined && outer.uri === symbol.uri && containsRange(outer.range, symbol.range);
}
