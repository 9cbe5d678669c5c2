import { printableText } from './printable-text.js';

interface Entry {
  readonly number: number;
  readonly cmd: string;
  readonly selector: string | null;
  readonly id: string | number | null;
  readonly status: string;
  readonly exitCode: number | null;
  readonly code: string | null;
  readonly durationMs: number | null;
  readonly bundleId: string | null;
}

const EVENT_MAX = 160;

/** Returns a line for each operation of a trace. */
export function renderEntries(entries: readonly Entry[]): string {
  return entries.length === 0 ? 'no such operation' : entries.map(renderEntry).join('\n');
}

/** Returns an operation with all that it asked and saw. */
export function renderStory(entry: Entry, story: { readonly files: readonly { path: string; sha256: string }[]; readonly events: readonly { about: string; event: string; failed: string | null }[] }): string {
  const files = story.files.map(({ path, sha256 }) => `  read ${printableText(path)} ${sha256}`);
  const events = story.events.filter(({ about }) => about !== 'file').map(({ about, event, failed }) => `  ${about}: ${cut(printableText(event))}${failed === null ? '' : ` (${printableText(failed)})`}`);
  return [renderEntry(entry), ...files, ...events].join('\n');
}

function renderEntry({ number, cmd, selector, id, status, exitCode, code, durationMs, bundleId }: Entry): string {
  const outcome = status === 'unfinished' ? 'unfinished' : `${code ?? status} exit ${String(exitCode)} ${String(durationMs)} ms ${bundleId ?? ''}`;
  return [`#${String(number)}`, cmd, ...(selector === null ? [] : [printableText(selector)]), ...(id === null ? [] : [`id=${printableText(String(id))}`]), outcome].join(' ');
}

function cut(text: string): string {
  return text.length > EVENT_MAX ? `${text.slice(0, EVENT_MAX)}…` : text;
}
