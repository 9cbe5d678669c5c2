import { isAbsolute } from 'node:path';
import { compareRanges, type Position, type Range } from '../base/range.js';
import type { ServerSymbol } from '../base/location.js';
import { pathFromUri } from '../base/relative-uri.js';
import { askServer, listFrom, QUESTIONS, toLocation, type Question } from './questions.js';
import { isDocumentSymbol, toSymbol, type WireSymbol } from './server-symbols.js';
import type { Session } from './session.js';
import { isFields, isRange, malformedAnswer } from './wire.js';

/** A caller or a callee, and where the calls are: in the file of whoever calls. */
export interface Call {
  readonly symbol: ServerSymbol;
  readonly ranges: readonly Range[];
}

const CALLS = {
  in: { method: 'callHierarchy/incomingCalls', other: 'from' },
  out: { method: 'callHierarchy/outgoingCalls', other: 'to' },
} as const;

const TYPES = { sub: 'typeHierarchy/subtypes', super: 'typeHierarchy/supertypes' } as const;

export type CallDirection = keyof typeof CALLS;
export type TypeDirection = keyof typeof TYPES;

/** Returns who calls the function at `position`, or what it calls, each once; empty for what cannot be called. */
export async function calls(session: Session, direction: CallDirection, path: string, position: Position): Promise<Call[]> {
  const { method, other } = CALLS[direction];
  const found = new Map<string, Call>();
  for (const item of await prepareHierarchy(session, 'calls', path, position)) {
    for (const call of listFrom(session, method, await session.request(method, { item }))) {
      const [end, wireRanges] = isFields(call) ? [call[other], call['fromRanges']] : [null, null];
      if (!isItem(end) || !Array.isArray(wireRanges) || !wireRanges.every(isRange)) throw malformedAnswer(session.spec.id, method);
      const { uri } = direction === 'in' ? end : item;
      const symbol = itemSymbol(session, end);
      const key = keyOf(symbol);
      const ranges = wireRanges.map((range) => toLocation(session, { uri, range }).range);
      found.set(key, { symbol, ranges: distinct([...(found.get(key)?.ranges ?? []), ...ranges]) });
    }
  }
  return [...found.values()];
}

/** Returns the types directly below or above the one at `position`, each once; empty for what is no type. */
export async function types(session: Session, direction: TypeDirection, path: string, position: Position): Promise<ServerSymbol[]> {
  const method = TYPES[direction];
  const found = new Map<string, ServerSymbol>();
  for (const item of await prepareHierarchy(session, 'types', path, position)) {
    for (const type of listFrom(session, method, await session.request(method, { item }))) {
      if (!isItem(type)) throw malformedAnswer(session.spec.id, method);
      const symbol = itemSymbol(session, type);
      found.set(keyOf(symbol), symbol);
    }
  }
  return [...found.values()];
}

/** An item goes back to the server as it came, with whatever data the server put there. */
interface WireItem extends WireSymbol {
  readonly uri: string;
}

/** The declarations that the position stands for, their files open: TypeScript takes one that is not for part of any project. */
async function prepareHierarchy(session: Session, question: Extract<Question, 'calls' | 'types'>, path: string, position: Position): Promise<readonly WireItem[]> {
  const { method } = QUESTIONS[question];
  const items = listFrom(session, method, await askServer(session, question, path, position));
  if (!items.every(isItem)) throw malformedAnswer(session.spec.id, method);
  for (const { uri } of items) {
    const ours = session.uris.bundleUri(uri);
    if (!ours.startsWith('ext:')) await session.documents.open(pathFromUri(ours));
  }
  return items;
}

function isItem(value: unknown): value is WireItem {
  return isFields(value) && typeof value['uri'] === 'string' && isDocumentSymbol(value);
}

/** A module that calls is named by its file: TypeScript says the absolute path, which would differ between machines, and pyright `(module) a.py`. */
function itemSymbol(session: Session, item: WireItem): ServerSymbol {
  const name = isAbsolute(item.name) ? (item.name.split('/').at(-1) ?? item.name) : item.name.replace(/^\(module\) /, '');
  return toSymbol(session, item.uri, { ...item, name }, '');
}

function keyOf({ uri, selectionRange, name }: ServerSymbol): string {
  return JSON.stringify([uri, selectionRange, name]);
}

/** Servers repeat a call once per declaration that it could mean. */
function distinct(ranges: readonly Range[]): Range[] {
  return [...new Map(ranges.map((range) => [range.join(), range])).values()].sort(compareRanges);
}
