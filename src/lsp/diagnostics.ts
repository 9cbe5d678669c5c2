import { assertNever, Failure } from '../base/failure.js';
import type { Diagnostic, Severity } from '../base/location.js';
import type { Position } from '../base/range.js';
import { PUSH } from './pushed-diagnostics.js';
import { prepare } from './questions.js';
import type { Session } from './session.js';
import { isFields, isLocation, isRange, malformedAnswer, type WireLocation, type WireRange } from './wire.js';

/**
 * What a server says about one file. `excluded`: the project's own settings leave the file out, as its command line does.
 * `incomplete`: what it has said so far, without saying which content it means; none of it proves that the file has no more.
 */
export type FileDiagnostics =
  | { readonly kind: 'measured'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: 'incomplete'; readonly diagnostics: readonly Diagnostic[]; readonly reason: string }
  | { readonly kind: 'excluded' };

/** A diagnostic as the server wrote it, with whatever it wants back. */
export interface WireDiagnostic {
  readonly range: WireRange;
  readonly severity?: number;
  readonly code?: string | number;
  readonly source?: string;
  readonly message: string;
  readonly relatedInformation?: readonly { readonly location: WireLocation; readonly message: string }[];
}

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'information', 'hint'];
const HINT = 4;
const PULL = 'textDocument/diagnostic';

/**
 * Returns the diagnostics of a file as the server's own command line reports them (hints are left out: no command line
 * prints them). The answer belongs to the content that the server was last told of, because requests are answered in order.
 */
export async function fileDiagnostics(session: Session, path: string): Promise<FileDiagnostics> {
  if (session.spec.opensBeforeAsking) await session.documents.open(path);
  switch (session.spec.diagnostics) {
    case 'pull':
      return pull(session, path);
    case 'push':
      return awaitPush(session, path);
    case 'tsserver':
      return askTsserver(session, path);
    default:
      return assertNever(session.spec.diagnostics);
  }
}

/** Returns the diagnostics of a file as the server wrote them, hints too: what it wants to see again when it is asked what can be done about them. */
export async function wireDiagnostics(session: Session, path: string): Promise<readonly WireDiagnostic[]> {
  await prepare(session, path);
  const items = await { pull: pulledItems, push: pushedItems, tsserver: tsserverItems }[session.spec.diagnostics](session, path);
  return items.map((item) => {
    if (!isDiagnostic(item)) throw malformedAnswer(session.spec.id, PULL);
    return item;
  });
}

async function pushedItems(session: Session, path: string): Promise<readonly unknown[]> {
  return (await session.pushedDiagnostics(path)).items;
}

async function pulledItems(session: Session, path: string): Promise<readonly unknown[]> {
  await session.readAnew([path]);
  const report = await session.request(PULL, { textDocument: { uri: session.uris.fileUri(path) } }, `the diagnostics of ${path}`);
  if (!isFields(report)) throw malformedAnswer(session.spec.id, PULL);
  const items: unknown = report['items'];
  return Array.isArray(items) ? (items as unknown[]) : [];
}

async function tsserverItems(session: Session, path: string): Promise<readonly unknown[]> {
  const found: unknown[] = [];
  for (const command of ['syntacticDiagnosticsSync', 'semanticDiagnosticsSync', 'suggestionDiagnosticsSync']) {
    const items = await tsserver(session, command, { file: session.uris.absolutePath(path), includeLinePosition: true }, path);
    if (!Array.isArray(items)) throw malformedAnswer(session.spec.id, command);
    found.push(...items.map((item) => ({ range: isFields(item) ? { start: fromOne(item['startLocation']), end: fromOne(item['endLocation']) } : null, ...(isFields(item) ? { code: item['code'], message: item['message'] } : {}), severity: 1, source: 'typescript' })));
  }
  return found;
}

async function pull(session: Session, path: string): Promise<FileDiagnostics> {
  if (session.spec.projectInfo === 'custom/projectInfo' && !(await inNativeProject(session, path)) && session.hasProject()) return { kind: 'excluded' };
  const ready = await session.sourcesFound();
  if (session.leavesOut(path)) return { kind: 'excluded' };
  // pyright checks an open file even when its settings exclude it, so an earlier question must not leave this one open.
  if (ready && !session.spec.opensBeforeAsking && !session.documents.isPretended(path)) await session.documents.close(path);
  await session.readAnew([path]);
  const report = await session.request(PULL, { textDocument: { uri: session.uris.fileUri(path) } }, `the diagnostics of ${path}`);
  if (!isFields(report)) throw malformedAnswer(session.spec.id, PULL);
  const { kind, resultId, items } = report;
  // pyright says "unchanged" without a result id for a file that it does not know: not an error, and not "clean".
  if (kind === 'unchanged' || (session.spec.leavesOutWithoutResultId && resultId === undefined && kind === 'full')) return { kind: 'excluded' };
  // gopls leaves the kind of a full report empty.
  if ((kind !== 'full' && kind !== '') || !Array.isArray(items)) throw malformedAnswer(session.spec.id, PULL);
  return { kind: 'measured', diagnostics: normalise(session, path, items, PULL) };
}

/** Waits for the list that belongs to the content that the server was told of. One that never comes is E/LS_TIMEOUT, not a clean file. */
async function awaitPush(session: Session, path: string): Promise<FileDiagnostics> {
  await session.documents.open(path);
  await session.sourcesFound();
  const { items, isProven } = await session.pushedDiagnostics(path);
  const diagnostics = normalise(session, path, items, PUSH);
  if (isProven) return { kind: 'measured', diagnostics };
  return { kind: 'incomplete', diagnostics, reason: `${session.spec.id} does not say which content it speaks about` };
}

function normalise(session: Session, path: string, items: readonly unknown[], method: string): Diagnostic[] {
  const uri = session.uris.bundleUri(session.uris.fileUri(path));
  const absolute = session.uris.absolutePath(path);
  return items.flatMap((item): Diagnostic[] => {
    if (!isDiagnostic(item)) throw malformedAnswer(session.spec.id, method);
    if (item.severity === HINT) return [];
    const related = (item.relatedInformation ?? []).flatMap((entry) => relatedLocation(session, entry));
    return [
      {
        uri,
        range: session.codec.toRange(absolute, item.range),
        severity: SEVERITIES[(item.severity ?? 1) - 1] ?? 'error',
        code: item.code ?? null,
        message: session.uris.textOf(item.message),
        source: item.source ?? session.spec.id,
        ...(related.length > 0 ? { relatedInformation: related } : {}),
      },
    ];
  });
}

function isDiagnostic(value: unknown): value is WireDiagnostic {
  if (!isFields(value) || !isRange(value['range']) || typeof value['message'] !== 'string') return false;
  const related = value['relatedInformation'] ?? [];
  return Array.isArray(related) && related.every((entry) => isFields(entry) && isLocation(entry['location']) && typeof entry['message'] === 'string');
}

function relatedLocation(session: Session, entry: { readonly location: WireLocation; readonly message: string }): NonNullable<Diagnostic['relatedInformation']>[number][] {
  const absolute = session.uris.pathOfServerUri(entry.location.uri);
  if (absolute === null) return [];
  return [{ uri: session.uris.bundleUri(entry.location.uri), range: session.codec.toRange(absolute, entry.location.range), message: session.uris.textOf(entry.message) }];
}

/** TypeScript 7 answers for files outside every tsconfig from an inferred project; `tsc -p` says nothing about those. */
async function inNativeProject(session: Session, path: string): Promise<boolean> {
  const method = 'custom/projectInfo';
  const info = await session.request(method, { textDocument: { uri: session.uris.fileUri(path) } }, `the project of ${path}`);
  if (!isFields(info)) throw malformedAnswer(session.spec.id, method);
  return typeof info['configFilePath'] === 'string' && info['configFilePath'] !== '';
}

/** tsserver's synchronous requests are a barrier; what its wrapper pushes is not. */
async function askTsserver(session: Session, path: string): Promise<FileDiagnostics> {
  const file = session.uris.absolutePath(path);
  const project = await tsserver(session, 'projectInfo', { file, needFileNameList: false }, path);
  if (!isFields(project) || typeof project['configFileName'] !== 'string') throw malformedAnswer(session.spec.id, 'projectInfo');
  // An inferred project has a name that is no file.
  if (!project['configFileName'].endsWith('.json') && session.hasProject()) return { kind: 'excluded' };
  const diagnostics: Diagnostic[] = [];
  for (const command of ['syntacticDiagnosticsSync', 'semanticDiagnosticsSync']) {
    const items = await tsserver(session, command, { file, includeLinePosition: true }, path);
    if (!Array.isArray(items)) throw malformedAnswer(session.spec.id, command);
    diagnostics.push(...items.flatMap((item) => fromTsserver(session, path, command, item)));
  }
  return { kind: 'measured', diagnostics };
}

/** tsserver counts lines and columns from 1; its suggestions are hints. */
function fromTsserver(session: Session, path: string, command: string, item: unknown): Diagnostic[] {
  const start = isFields(item) ? fromOne(item['startLocation']) : null;
  const end = isFields(item) ? fromOne(item['endLocation']) : null;
  if (!isFields(item) || start === null || end === null || typeof item['message'] !== 'string' || typeof item['code'] !== 'number') throw malformedAnswer(session.spec.id, command);
  if (item['category'] !== 'error' && item['category'] !== 'warning') return [];
  const uri = session.uris.bundleUri(session.uris.fileUri(path));
  const range = session.codec.toRange(session.uris.absolutePath(path), { start, end });
  return [{ uri, range, severity: item['category'], code: item['code'], message: session.uris.textOf(item['message']), source: 'ts' }];
}

function fromOne(place: unknown): Position | null {
  if (!isFields(place) || typeof place['line'] !== 'number' || typeof place['offset'] !== 'number') return null;
  return { line: place['line'] - 1, character: place['offset'] - 1 };
}

async function tsserver(session: Session, command: string, args: unknown, path: string): Promise<unknown> {
  const params = { command: 'typescript.tsserverRequest', arguments: [command, args] };
  const response = await session.request('workspace/executeCommand', params, `${command} for ${path}`);
  if (isFields(response) && response['body'] !== undefined) return response['body'];
  throw new Failure('E/LS_CRASH', `tsserver has no answer to ${command} for ${path}`, {
    hint: 'Nothing was written. Run the same command again.',
    details: { server: session.spec.id, request: command },
  });
}
