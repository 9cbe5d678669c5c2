import type { ServerSymbol } from '../base/location.js';
import { listFrom, prepare, QUESTIONS, requireOffered, toLocation } from './questions.js';
import type { Session } from './session.js';
import { isFields, isLocation, isRange, malformedAnswer, type WireLocation, type WireRange } from './wire.js';

/** What every symbol of a server has, whichever question it answers. */
export interface WireSymbol {
  readonly name: string;
  readonly kind: number;
  readonly range: WireRange;
  readonly selectionRange: WireRange;
}

interface WireDocumentSymbol extends WireSymbol {
  readonly children?: readonly unknown[];
}

/** Returns the symbols of a file, outermost first; `containerName` is the dotted path of the enclosing ones. */
export async function documentSymbols(session: Session, path: string): Promise<ServerSymbol[]> {
  const { method } = QUESTIONS.documentSymbols;
  requireOffered(session, 'documentSymbols');
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
  const { method } = QUESTIONS.workspaceSymbols;
  requireOffered(session, 'workspaceSymbols');
  if (probe !== undefined) await session.documents.open(probe);
  await session.sourcesFound();
  return listFrom(session, method, await session.request(method, { query })).map((symbol) => {
    if (!isWorkspaceSymbol(symbol)) throw malformedAnswer(session.spec.id, method);
    return fromWorkspaceSymbol(session, symbol);
  });
}

export function toSymbol(session: Session, serverUri: string, symbol: WireSymbol, container: string): ServerSymbol {
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

export function isDocumentSymbol(value: unknown): value is WireDocumentSymbol {
  return isFields(value) && typeof value['name'] === 'string' && typeof value['kind'] === 'number' && isRange(value['range']) && isRange(value['selectionRange']);
}

function isWorkspaceSymbol(value: unknown): value is WireWorkspaceSymbol {
  return isFields(value) && typeof value['name'] === 'string' && typeof value['kind'] === 'number' && isLocation(value['location']);
}

function fromWorkspaceSymbol(session: Session, { name, kind, containerName, location: { uri, range } }: WireWorkspaceSymbol): ServerSymbol {
  return toSymbol(session, uri, { name, kind, range, selectionRange: range }, containerName ?? '');
}

/** LSP's SymbolKind, from 1. */
const SYMBOL_KINDS = [
  'file', 'module', 'namespace', 'package', 'class', 'method', 'property', 'field', 'constructor', 'enum', 'interface', 'function', 'variable', 'constant',
  'string', 'number', 'boolean', 'array', 'object', 'key', 'null', 'enumMember', 'struct', 'event', 'operator', 'typeParameter',
] as const;
