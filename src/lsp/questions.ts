import { Failure } from '../base/failure.js';
import type { Location } from '../base/location.js';
import type { Position, Range } from '../base/range.js';
import type { Session } from './session.js';
import { malformedAnswer, type WireLocation } from './wire.js';

/** Every question about a place or a file: its command, its LSP method, and the capability that offers it. */
export const QUESTIONS = {
  definition: { command: 'def', method: 'textDocument/definition', provider: 'definitionProvider' },
  declaration: { command: 'decl', method: 'textDocument/declaration', provider: 'declarationProvider' },
  typeDefinition: { command: 'typedef', method: 'textDocument/typeDefinition', provider: 'typeDefinitionProvider' },
  implementation: { command: 'impl', method: 'textDocument/implementation', provider: 'implementationProvider' },
  references: { command: 'refs', method: 'textDocument/references', provider: 'referencesProvider' },
  highlights: { command: 'highlights', method: 'textDocument/documentHighlight', provider: 'documentHighlightProvider' },
  hover: { command: 'hover', method: 'textDocument/hover', provider: 'hoverProvider' },
  signature: { command: 'signature', method: 'textDocument/signatureHelp', provider: 'signatureHelpProvider' },
  completion: { command: 'completion', method: 'textDocument/completion', provider: 'completionProvider' },
  calls: { command: 'calls', method: 'textDocument/prepareCallHierarchy', provider: 'callHierarchyProvider' },
  types: { command: 'types', method: 'textDocument/prepareTypeHierarchy', provider: 'typeHierarchyProvider' },
  prepareRename: { command: 'prepare-rename', method: 'textDocument/prepareRename', provider: 'renameProvider' },
  rename: { command: 'rename', method: 'textDocument/rename', provider: 'renameProvider' },
  codeActions: { command: 'actions', method: 'textDocument/codeAction', provider: 'codeActionProvider' },
  documentSymbols: { command: 'symbols', method: 'textDocument/documentSymbol', provider: 'documentSymbolProvider' },
  workspaceSymbols: { command: 'symbols --query', method: 'workspace/symbol', provider: 'workspaceSymbolProvider' },
} as const;

export type Question = keyof typeof QUESTIONS;

/**
 * Asks about a position of a file and returns the answer as it came. Readiness comes first: a server that has not found its files
 * answers for one file and does not say so. Throws E/UNSUPPORTED_CAP for a server that does not offer the question.
 */
export async function askServer(session: Session, question: Question, path: string, position: Position, more: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
  requireOffered(session, question);
  await prepare(session, path);
  const params = { textDocument: { uri: session.uris.fileUri(path) }, position: session.codec.toWire(session.uris.absolutePath(path), position), ...more };
  return session.request(QUESTIONS[question].method, params);
}

export async function prepare(session: Session, path: string): Promise<void> {
  if (session.areSourcesFound && session.documents.versionOf(path) !== null) return;
  if (session.spec.opensBeforeAsking) await session.documents.open(path);
  await session.sourcesFound();
  await session.documents.open(path);
}

/**
 * Opens files, so that what is asked next is asked about them too: pyright leaves out of references and renames what its settings leave out,
 * and TypeScript what belongs to a project that it has not loaded, unless the file is open.
 */
export async function lookInto(session: Session, paths: Iterable<string>): Promise<void> {
  await session.sourcesFound();
  if (session.spec.seesMoreWhenOpen) for (const path of paths) await session.documents.open(path);
}

/** Throws E/UNSUPPORTED_CAP, naming the server, the question and what the server can be asked instead. */
export function requireOffered(session: Session, question: Question): void {
  if (offers(session, question)) return;
  const { command, method } = QUESTIONS[question];
  const { id } = session.spec;
  const others = Object.keys(QUESTIONS).filter((other): other is Question => offers(session, other as Question));
  throw new Failure('E/UNSUPPORTED_CAP', `${id} does not answer ${command} (${method})`, {
    hint: `${id} answers ${others.map((other) => QUESTIONS[other].command).join(', ')}. --server ID asks another server.`,
    details: { server: id, method },
  });
}

/** Returns the items of an answer that is a list or null. */
export function listFrom(session: Session, method: string, answer: unknown): readonly unknown[] {
  if (answer === null) return [];
  if (!Array.isArray(answer)) throw malformedAnswer(session.spec.id, method);
  return answer;
}

export function toLocation(session: Session, { uri, range }: WireLocation): Location {
  const absolute = session.uris.pathOfServerUri(uri);
  const ours: Range = absolute === null ? [range.start.line, range.start.character, range.end.line, range.end.character] : session.codec.toRange(absolute, range);
  return { uri: session.uris.bundleUri(uri), range: ours };
}

/** True when the server offers a question, in its answer to `initialize` or by registering it later. */
export function offers(session: Session, question: Question): boolean {
  const { provider, method } = QUESTIONS[question];
  const offered = session.capabilities[provider] ?? session.capabilities[method];
  return offered !== undefined && offered !== false && offered !== null;
}
