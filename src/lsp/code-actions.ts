import { Failure } from '../base/failure.js';
import type { Range } from '../base/range.js';
import type { WorkspaceEdit } from '../base/workspace-edit.js';
import { wireDiagnostics } from './diagnostics.js';
import { listFrom, prepare, QUESTIONS, requireOffered } from './questions.js';
import type { WireCommand } from './server-spec.js';
import type { Session } from './session.js';
import { isFields, malformedAnswer, type WireRange } from './wire.js';
import { readWorkspaceEdit } from './workspace-edit.js';

/** A code action as the server offers it. */
export interface ServerAction {
  readonly title: string;
  readonly kind: string | null;
  readonly isPreferred: boolean;
  /** Why it is not on offer here; null when it is. */
  readonly disabledReason: string | null;
  /** True when it is nothing but a command that may do anything, so that no edit of it can be shown. */
  readonly isCommandOnly: boolean;
  /** As it came: what the server wants back when it is resolved. */
  readonly wire: WireAction;
}

interface WireAction {
  readonly title: string;
  readonly kind?: string;
  readonly isPreferred?: boolean;
  readonly disabled?: { readonly reason: string };
  readonly edit?: unknown;
  readonly command?: WireCommand;
  readonly data?: unknown;
}

const INVOKED = 1;

/**
 * Returns the code actions for a range of a file, for the diagnostics in it (hints, too); with `kind` only those of that kind and the kinds
 * below it. None of them is resolved, and nothing is executed.
 */
export async function codeActions(session: Session, path: string, range: Range, kind: string | null): Promise<ServerAction[]> {
  requireOffered(session, 'codeActions');
  const diagnostics = await wireDiagnostics(session, path);
  await prepare(session, path);
  const absolute = session.uris.absolutePath(path);
  const wireRange = {
    start: session.codec.toWire(absolute, { line: range[0], character: range[1] }),
    end: session.codec.toWire(absolute, { line: range[2], character: range[3] }),
  };
  const { method } = QUESTIONS.codeActions;
  const params = {
    textDocument: { uri: session.uris.fileUri(path) },
    range: wireRange,
    context: { diagnostics: diagnostics.filter((diagnostic) => meet(diagnostic.range, wireRange)), triggerKind: INVOKED, ...(kind === null ? {} : { only: [kind] }) },
  };
  const offered = listFrom(session, method, await session.request(method, params)).map((item) => toAction(session, method, item));
  const ours = session.spec.ownActions(session.uris.fileUri(path)).map((action) => toAction(session, method, action));
  // Some servers take `only` for a wish, or sort what they offer by nothing at all.
  return [...offered, ...ours].filter((action) => kind === null || isOfKind(action, kind));
}

/** True for a kind itself and for what is below it: `source.fixAll` has `source.fixAll.ts`. */
function isOfKind({ kind }: ServerAction, wanted: string): boolean {
  return kind !== null && (kind === wanted || kind.startsWith(`${wanted}.`));
}

/**
 * Returns the edit of an action: the one that it has, the one that it resolves to, or the one that its command asks us to apply, which is caught and
 * not applied. Throws E/UNSUPPORTED_CAP for one whose command may do anything else.
 */
export async function editOfAction(session: Session, action: ServerAction): Promise<WorkspaceEdit> {
  const wire = await resolved(session, action);
  const effect = wire.command === undefined ? 'none' : session.spec.effectOfCommand(wire.command);
  if (effect === 'unknown') throw commandRefused(session, action, wire.command);
  if (wire.edit !== undefined) return readWorkspaceEdit(session, 'codeAction/resolve', wire.edit);
  if (wire.command === undefined || effect === 'none') return { documentChanges: [] };
  const { command, arguments: args = [] } = wire.command;
  const method = 'workspace/executeCommand';
  const wanted = await session.wantedEdits.during(() => session.request(method, { command, arguments: args }, `the command of "${action.title}"`));
  return { documentChanges: wanted.flatMap((edit) => readWorkspaceEdit(session, method, edit).documentChanges) };
}

async function resolved(session: Session, { wire }: ServerAction): Promise<WireAction> {
  const provider = session.capabilities['codeActionProvider'];
  const canResolve = isFields(provider) && provider['resolveProvider'] === true;
  if (wire.edit !== undefined || !canResolve) return wire;
  const method = 'codeAction/resolve';
  const answer = await session.request(method, wire, `the edit of "${wire.title}"`);
  if (!isWireAction(answer)) throw malformedAnswer(session.spec.id, method);
  return answer;
}

function commandRefused(session: Session, { title }: ServerAction, command: WireCommand | undefined): Failure {
  return new Failure('E/UNSUPPORTED_CAP', `"${title}" is a command of ${session.spec.id} that may do more than edit files`, {
    hint: 'It was not run, and nothing was changed. What it does cannot be shown beforehand; run it in an editor.',
    details: { server: session.spec.id, command: command?.command ?? '' },
  });
}

/** LSP lets a server answer with commands where actions belong. */
function toAction(session: Session, method: string, item: unknown): ServerAction {
  const wire = isCommand(item) ? { title: item.title ?? item.command, command: item } : item;
  if (!isWireAction(wire)) throw malformedAnswer(session.spec.id, method);
  const hasOnlyCommand = wire.edit === undefined && wire.data === undefined && wire.command !== undefined;
  return {
    title: wire.title,
    kind: wire.kind ?? null,
    isPreferred: wire.isPreferred === true,
    disabledReason: wire.disabled?.reason ?? null,
    isCommandOnly: hasOnlyCommand && session.spec.effectOfCommand(wire.command) === 'unknown',
    wire,
  };
}

function isCommand(value: unknown): value is WireCommand & { readonly title?: string } {
  return isFields(value) && typeof value['command'] === 'string';
}

function isWireAction(value: unknown): value is WireAction {
  if (!isFields(value) || typeof value['title'] !== 'string') return false;
  const { kind, disabled, command } = value;
  if (disabled !== undefined && !(isFields(disabled) && typeof disabled['reason'] === 'string')) return false;
  return (kind === undefined || typeof kind === 'string') && (command === undefined || isCommand(command));
}

/** True when two ranges overlap or touch. */
function meet(a: WireRange, b: WireRange): boolean {
  const isBefore = (left: WireRange['end'], right: WireRange['start']): boolean => left.line < right.line || (left.line === right.line && left.character < right.character);
  return !isBefore(a.end, b.start) && !isBefore(b.end, a.start);
}
