import { Failure } from '../base/failure.js';
import type { Location, ServerSymbol } from '../base/location.js';
import type { Position, Range } from '../base/range.js';
import type { Session } from './session.js';
import { isFields, isLocation, isRange, malformedAnswer, type WireLocation, type WireRange } from './wire.js';

/** The question as users know it → its LSP method and the capability that offers it. */
const LOCATION_QUESTIONS = {
  definition: { method: 'textDocument/definition', provider: 'definitionProvider' },
  declaration: { method: 'textDocument/declaration', provider: 'declarationProvider' },
  typeDefinition: { method: 'textDocument/typeDefinition', provider: 'typeDefinitionProvider' },
  implementation: { method: 'textDocument/implementation', provider: 'implementationProvider' },
  references: { method: 'textDocument/references', provider: 'referencesProvider' },
} as const;

export type LocationQuestion = keyof typeof LOCATION_QUESTIONS;

/** Returns where the server sends the symbol at `position` of a file. Empty means that the server looked and found nothing. */
export async function locations(session: Session, question: LocationQuestion, path: string, position: Position, includeDeclaration = true): Promise<Location[]> {
  const { method, provider } = LOCATION_QUESTIONS[question];
  requireCapability(session, provider, method);
  await prepare(session, path);
  const params = { ...at(session, path, position), ...(question === 'references' ? { context: { includeDeclaration } } : {}) };
  const answer = await session.request(method, params);
  const list: unknown[] = answer === null ? [] : Array.isArray(answer) ? answer : [answer];
  return list.map((location) => {
    if (!isLocation(location)) throw malformedAnswer(session.spec.id, method);
    return toLocation(session, location);
  });
}

/** Returns the hover text as Markdown and the range that it is about; null when there is nothing to say there. */
export async function hover(session: Session, path: string, position: Position): Promise<{ contents: string; range: Range | null } | null> {
  const method = 'textDocument/hover';
  requireCapability(session, 'hoverProvider', method);
  await prepare(session, path);
  const answer = await session.request(method, at(session, path, position));
  if (answer === null) return null;
  const contents = isFields(answer) ? hoverText(answer['contents']) : null;
  const range = isFields(answer) ? (answer['range'] ?? null) : null;
  if (contents === null || (range !== null && !isRange(range))) throw malformedAnswer(session.spec.id, method);
  return { contents, range: range === null ? null : session.codec.toRange(session.uris.absolutePath(path), range) };
}

interface WireDocumentSymbol {
  readonly name: string;
  readonly kind: number;
  readonly range: WireRange;
  readonly selectionRange: WireRange;
  readonly children?: readonly unknown[];
}

/** Returns the symbols of a file, outermost first; `containerName` is the dotted path of the enclosing ones. */
export async function documentSymbols(session: Session, path: string): Promise<ServerSymbol[]> {
  const method = 'textDocument/documentSymbol';
  requireCapability(session, 'documentSymbolProvider', method);
  await prepare(session, path);
  const uri = session.uris.fileUri(path);
  const flatten = (symbols: readonly unknown[], container: readonly string[]): ServerSymbol[] =>
    symbols.flatMap((symbol) => {
      if (isWorkspaceSymbol(symbol)) return [fromWorkspaceSymbol(session, symbol)];
      if (!isDocumentSymbol(symbol)) throw malformedAnswer(session.spec.id, method);
      return [toSymbol(session, uri, symbol, container.join('.')), ...flatten(symbol.children ?? [], [...container, symbol.name])];
    });
  return flatten(listFrom(session, method, await session.request(method, { textDocument: { uri } })), []);
}

interface WireWorkspaceSymbol {
  readonly name: string;
  readonly kind: number;
  readonly containerName?: string;
  readonly location: WireLocation;
}

/**
 * Returns the symbols of the whole workspace that match `query`, as the server ranks them. `probe` is a file of the
 * server's language, which is opened first: TypeScript knows no project before it has seen a file of one.
 */
export async function workspaceSymbols(session: Session, query: string, probe?: string): Promise<ServerSymbol[]> {
  const method = 'workspace/symbol';
  requireCapability(session, 'workspaceSymbolProvider', method);
  await session.sourcesFound();
  if (probe !== undefined) await session.documents.open(probe);
  return listFrom(session, method, await session.request(method, { query })).map((symbol) => {
    if (!isWorkspaceSymbol(symbol)) throw malformedAnswer(session.spec.id, method);
    return fromWorkspaceSymbol(session, symbol);
  });
}

/** Readiness first: a server that has not found its files answers for one file and does not say so. */
async function prepare(session: Session, path: string): Promise<void> {
  await session.sourcesFound();
  await session.documents.open(path);
}

function at(session: Session, path: string, position: Position): { textDocument: { uri: string }; position: Position } {
  return { textDocument: { uri: session.uris.fileUri(path) }, position: session.codec.toWire(session.uris.absolutePath(path), position) };
}

function listFrom(session: Session, method: string, answer: unknown): readonly unknown[] {
  if (answer === null) return [];
  if (!Array.isArray(answer)) throw malformedAnswer(session.spec.id, method);
  return answer;
}

function isDocumentSymbol(value: unknown): value is WireDocumentSymbol {
  return isFields(value) && typeof value['name'] === 'string' && typeof value['kind'] === 'number' && isRange(value['range']) && isRange(value['selectionRange']);
}

function isWorkspaceSymbol(value: unknown): value is WireWorkspaceSymbol {
  return isFields(value) && typeof value['name'] === 'string' && typeof value['kind'] === 'number' && isLocation(value['location']);
}

function toLocation(session: Session, location: WireLocation): Location {
  const absolute = session.uris.pathOfServerUri(location.uri);
  const range: Range =
    absolute === null
      ? [location.range.start.line, location.range.start.character, location.range.end.line, location.range.end.character]
      : session.codec.toRange(absolute, location.range);
  return { uri: session.uris.bundleUri(location.uri), range };
}

function fromWorkspaceSymbol(session: Session, { name, kind, containerName, location: { uri, range } }: WireWorkspaceSymbol): ServerSymbol {
  return toSymbol(session, uri, { name, kind, range, selectionRange: range }, containerName ?? '');
}

function toSymbol(session: Session, serverUri: string, symbol: WireDocumentSymbol, container: string): ServerSymbol {
  const { uri, range } = toLocation(session, { uri: serverUri, range: symbol.range });
  return {
    uri,
    range,
    selectionRange: toLocation(session, { uri: serverUri, range: symbol.selectionRange }).range,
    name: symbol.name,
    kind: SYMBOL_KINDS[symbol.kind - 1] ?? 'unknown',
    ...(container === '' ? {} : { containerName: container }),
  };
}

/** Null for what is neither of LSP's three forms of a hover text. */
function hoverText(contents: unknown): string | null {
  if (typeof contents === 'string') return contents;
  if (Array.isArray(contents)) {
    const parts = contents.map(hoverText);
    return parts.includes(null) ? null : parts.join('\n\n');
  }
  if (!isFields(contents) || typeof contents['value'] !== 'string') return null;
  const { language, value } = contents;
  return typeof language === 'string' ? `\`\`\`${language}\n${value}\n\`\`\`` : value;
}

function requireCapability(session: Session, provider: string, method: string): void {
  const offered = session.capabilities[provider] ?? session.capabilities[method];
  if (offered !== undefined && offered !== false && offered !== null) return;
  throw new Failure('E/UNSUPPORTED_CAP', `${session.spec.id} does not offer ${method}`, {
    hint: `assay servers lists what else can answer for this language.`,
    details: { server: session.spec.id, method },
  });
}

/** LSP's SymbolKind, from 1. */
const SYMBOL_KINDS = [
  'file', 'module', 'namespace', 'package', 'class', 'method', 'property', 'field', 'constructor', 'enum', 'interface', 'function', 'variable', 'constant',
  'string', 'number', 'boolean', 'array', 'object', 'key', 'null', 'enumMember', 'struct', 'event', 'operator', 'typeParameter',
] as const;
