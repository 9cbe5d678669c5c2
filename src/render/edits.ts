import type { BundleEdits } from '../bundles/schema/edits.js';
import { printableText } from './printable-text.js';
import type { RenderContext } from './render-context.js';
import { counted, severityCounts, someOf } from './wording.js';

/**
 * Returns what the edit is, in lines that begin with #, then its unified diff: `git apply` reads past the first and takes the second. The
 * diff of a refused edit is left out, so that nothing that is piped on makes it after all; the bundle has it.
 */
export function renderEdits(context: RenderContext, edits: BundleEdits, commit: string | null): string[] {
  const summary = summaryLines(context, edits, commit).map((line) => printableText(`# ${line}`));
  const isRefused = edits.safety.verdict === 'refused' && edits.transaction === undefined;
  return [...coloured(context, edits, summary), ...(isRefused ? [] : diffLines(context, edits.diff))];
}

function coloured({ colors }: RenderContext, { safety: { verdict } }: BundleEdits, [first = '', ...rest]: readonly string[]): string[] {
  const paint = { safe: colors.green, risky: colors.yellow, refused: colors.red }[verdict];
  return [paint(first), ...rest.map((line) => colors.dim(line))];
}

function summaryLines(context: RenderContext, edits: BundleEdits, commit: string | null): string[] {
  const { safety, files, transaction } = edits;
  const state = transaction === undefined ? 'nothing was written' : `applied as ${transaction}${commit === null ? '' : `, committed as ${commit}`}`;
  return [
    `${safety.verdict}: ${counted(files.length, 'file')}${placesText(edits)}, ${state}`,
    ...safety.checks.filter(({ name, outcome }) => outcome === 'failed' && name !== 'diagnostics').map(({ name, critical, message }) => `${critical ? 'failed' : 'warning'} ${name}: ${oneLine(message)}`),
    ...safety.checks.filter(({ name, outcome }) => outcome === 'passed' && name === 'three-way').map(({ message }) => oneLine(message)),
    ...(edits.repairs ?? []).map((repair) => `mended: ${oneLine(repair)}`),
    ...deltaLines(context, edits),
    ...mentionLines(edits),
    ...symbolLines(edits),
    ...checkLines(edits),
  ];
}

/** Places of a rename, lines of other edits. */
function placesText({ safety: { counts, mentions } }: BundleEdits): string {
  if (counts === undefined) return '';
  const kinds = Object.entries(counts).filter(([, count]) => count > 0);
  const shown = ([kind, count]: [string, number], index: number): string => {
    const number = mentions === undefined && index === 0 ? counted(count, 'line') : String(count);
    return `${number} in ${kind === 'code' ? 'code' : `${kind}s`}`;
  };
  return kinds.length === 0 ? '' : `, ${kinds.map(shown).join(', ')}`;
}

/** Those that failed have lines of their own. */
function checkLines({ safety: { checks } }: BundleEdits): string[] {
  const named = (wanted: string): string => checks.filter(({ outcome }) => outcome === wanted).map(({ name }) => name).join(', ');
  const [passed, idle] = [named('passed'), named('not-applicable')];
  return passed === '' && idle === '' ? [] : [`checks passed: ${passed === '' ? 'none' : passed}${idle === '' ? '' : `; not applicable: ${idle}`}`];
}

const INTRODUCED_MAX = 10;

function deltaLines({ view }: RenderContext, { delta, deltaReason }: BundleEdits): string[] {
  if (delta === null) return [`diagnostics unknown: ${oneLine(deltaReason ?? '')}`];
  const { introduced } = delta;
  const found = introduced.length === 0 ? 'none new' : `${severityCounts(introduced)} new`;
  const shown = introduced.slice(0, INTRODUCED_MAX).map(({ uri, range, severity, code, message }) => `${view.place(uri, range)} ${severity} ${oneLine(message)}${code === null ? '' : ` [${String(code)}]`}`);
  return [`diagnostics: ${found}, ${String(delta.fixed.length)} fixed`, ...shown];
}

function mentionLines({ safety: { mentions } }: BundleEdits): string[] {
  if (mentions === undefined) return [];
  const counts = [[mentions.comments, 'comment'], [mentions.strings, 'string'], [mentions.texts, 'text']] as const;
  const found = counts.filter(([count]) => count > 0).map(([count, noun]) => `${String(count)} in ${noun}s`);
  if (found.length === 0) return [];
  const files = [...new Set(mentions.places.map(({ uri }) => uri))];
  return [`the old name is left ${found.join(', ')}: ${someOf(files)}`];
}

function symbolLines({ symbolIds = [] }: BundleEdits): string[] {
  const lines = [...new Set(symbolIds.filter(({ before }) => !/^\w+:import:/.test(before)).map(({ before, after }) => `${before} → ${after}`))];
  return lines.length === 0 ? [] : [someOf(lines)];
}

function diffLines({ colors, raw }: RenderContext, diff: string): string[] {
  if (diff === '') return [];
  const lines = diff.replace(/\n$/, '').split('\n');
  if (raw) return lines;
  return lines.map((line) => {
    const text = printableText(line.replace(/\r$/, ''));
    if (/^(diff |--- |\+\+\+ |index |(new|old|deleted) |rename |similarity )/.test(text)) return colors.bold(text);
    if (text.startsWith('@@')) return colors.cyan(text);
    return text.startsWith('+') ? colors.green(text) : text.startsWith('-') ? colors.red(text) : text;
  });
}

function oneLine(message: string): string {
  return message.split(/\r\n|\r|\n/).join(' ');
}
