import { pathFromUri } from '../../src/base/relative-uri.js';
import type { Range } from '../../src/base/range.js';
import type { Bundle } from '../../src/bundles/schema/bundle.js';
import type { CaseLocation, CaseRange, Expectation } from './cases.js';

/** `skipped`: this build of assay has no such command. */
export type Verdict = { readonly kind: 'agrees' } | { readonly kind: 'skipped' } | { readonly kind: 'differs'; readonly expected: unknown; readonly found: unknown };

/** Compares sets of places and texts; neither side's order counts, and messages are compared by their first line. */
export function verdictOf(cmd: string, bundles: readonly [Bundle, ...Bundle[]], expect: Expectation): Verdict {
  const [bundle] = bundles;
  if (bundle.error?.message.startsWith('there is no command') === true) return { kind: 'skipped' };
  const found = foundBy(cmd, bundles, expect);
  const expected = expectedOf(expect);
  // Refusing to rename what may not be renamed is what an empty edit stands for.
  const refused = cmd === 'rename' && expect.edits?.length === 0 && bundle.status === 'error';
  const answered = bundles.every(({ status, facts }) => status === 'ok' && facts.truncated === undefined);
  return refused || (answered && same(found, expected)) ? { kind: 'agrees' } : { kind: 'differs', expected, found: bundle.error ?? found };
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function expectedOf({ locations, edits, diagnostics, signatures, hover, range }: Expectation): unknown {
  if (locations !== undefined) return sortedSet(locations.map(expectedPlace));
  if (edits !== undefined) return sortedSet(edits.map((edit) => `${expectedPlace(edit)} ${edit.newText}`));
  if (diagnostics !== undefined) return diagnostics.map((item) => `${expectedPlace(item)} ${item.severity ?? ''} ${firstLine(item.message)}`).sort();
  if (signatures !== undefined) return signatures.map(({ label, parameters, documentation = null }) => ({ label, parameters, documentation }));
  return { hover: hover ?? null, range: range === undefined ? null : flat(range) };
}

function foundBy(cmd: string, bundles: readonly [Bundle, ...Bundle[]], expect: Expectation): unknown {
  const [{ facts, edits }] = bundles;
  if (expect.locations !== undefined) return sortedSet(bundles.flatMap(({ facts: each }) => each.definitions ?? each.declarations ?? each.references ?? []).map(({ uri, range }) => place(uri, range)));
  if (expect.edits !== undefined) return sortedSet(editsOf(edits?.workspaceEdit));
  if (expect.diagnostics !== undefined) return foundDiagnostics(facts, expect);
  if (cmd === 'signature') return foundSignatures(facts, expect);
  const { contents = null, range = null } = facts.hover ?? {};
  return { hover: contents, range: expect.range === undefined ? null : range };
}

function foundDiagnostics({ diagnostics = [] }: Bundle['facts'], expect: Expectation): string[] {
  const severityGiven = expect.diagnostics?.every((item) => item.severity !== undefined) ?? true;
  const found = diagnostics.map(({ uri, range, severity, message }) => `${place(uri, range)} ${severityGiven ? severity : ''} ${firstLine(message)}`).sort();
  if (expect.exhaustive !== false) return found;
  const wanted = new Set(expectedOf(expect) as string[]);
  return found.filter((line) => wanted.has(line));
}

function foundSignatures({ signature }: Bundle['facts'], { activeParameters, signatures }: Expectation): unknown {
  const active = signature?.activeParameter ?? null;
  if (activeParameters !== undefined && !activeParameters.includes(active)) return { activeParameter: active };
  const wantsDocumentation = signatures?.some((item) => item.documentation !== undefined) === true;
  return (signature?.signatures ?? []).map(({ label, parameters, documentation }) => ({ label, parameters: parameters.map((parameter) => parameter.label), documentation: wantsDocumentation ? documentation : null }));
}

interface TextEdit {
  readonly range: CaseRange;
  readonly newText: string;
}

/** `path range text` of each edit of an LSP-shaped WorkspaceEdit. */
function editsOf(workspaceEdit: unknown): string[] {
  const { documentChanges = [] } = (workspaceEdit ?? {}) as { documentChanges?: readonly { textDocument?: { uri: string }; edits?: readonly TextEdit[] }[] };
  return documentChanges.flatMap(({ textDocument, edits = [] }) => edits.map((edit) => `${place(textDocument?.uri ?? '', flat(edit.range))} ${edit.newText}`));
}

function expectedPlace({ root = 'workspace', path, range }: CaseLocation): string {
  return `${root}:${path} ${flat(range).join(',')}`;
}

/** The path that a bundle's URI has in its root: a package's path begins behind `ext://<package>@<version>/`. */
function place(uri: string, range: Range): string {
  const external = /^ext:\/\/(?:@[^/]+\/)?[^/]+\/(.*)$/.exec(uri);
  return `${external === null ? `workspace:${pathFromUri(uri)}` : `site-packages:${pathFromUri(external[1] ?? '')}`} ${range.join(',')}`;
}

function flat({ start, end }: CaseRange): Range {
  return [start.line, start.character, end.line, end.character];
}

function sortedSet(items: readonly string[]): string[] {
  return [...new Set(items)].sort();
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}
