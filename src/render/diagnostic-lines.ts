import type { Diagnostic, Severity } from '../base/location.js';
import { printableText } from './printable-text.js';
import type { RenderContext } from './render-context.js';

/** Returns `path:line:column severity message [rule]`, and the further lines of the message indented. */
export function diagnosticLines(context: RenderContext, diagnostic: Diagnostic & { readonly unstable?: true }): string[] {
  const { uri, range, severity, message } = diagnostic;
  const [first = '', ...rest] = message.split(/\r\n|\r|\n/).map(printableText).filter((line) => line.trim() !== '');
  const head = `${context.view.place(uri, range)} ${paint(context, severity)} ${first}${rule(diagnostic)}${diagnostic.unstable === true ? ` ${context.colors.yellow('(unstable)')}` : ''}`;
  return [head, ...rest.map((line) => `    ${line.trim()}`)];
}

function rule({ code, source }: Diagnostic): string {
  if (code === null) return '';
  return typeof code === 'number' ? ` [${source} ${String(code)}]` : ` [${printableText(code)}]`;
}

function paint({ colors }: RenderContext, severity: Severity): string {
  switch (severity) {
    case 'error':
      return colors.red(severity);
    case 'warning':
      return colors.yellow(severity);
    case 'information':
    case 'hint':
      return colors.dim(severity);
  }
}
