import * as z from 'zod';
import { Failure } from '../base/failure.js';
import type { ServerSymbol } from '../base/location.js';
import { containsRange } from '../base/range.js';
import { pathFromUri } from '../base/relative-uri.js';
import type { BundleSymbol } from '../bundles/schema/location.js';
import { lookInto, offers, requireOffered } from '../lsp/questions.js';
import { documentSymbols, workspaceSymbols } from '../lsp/server-symbols.js';
import type { ServerSpec } from '../lsp/server-spec.js';
import type { Snapshot } from '../workspace/snapshot.js';
import { noServerFor } from './ask-at.js';
import { decorateSymbols } from './decorate-symbols.js';
import type { Everywhere } from './everywhere.js';
import type { Workbench } from './workbench.js';
import { defineOperation, type Answer } from './operation.js';
import { workspacePaths } from './workspace-paths.js';

const argsSchema = z
  .strictObject({ path: z.string().optional(), query: z.string().optional() })
  .refine((args) => (args.path === undefined) !== (args.query === undefined), 'give a PATH or --query TEXT, one of them');

/** The symbols of a file, or those of the whole workspace that match a query; each with the selector to come back to it. */
export const symbols = defineOperation({
  cmd: 'symbols',
  isFunctionOfSnapshot: true,
  isPaged: true,
  args: argsSchema,
  run: (bench, { path, query }) => bench.consistently((snapshot) => (path === undefined ? workspaceAnswer(bench, snapshot, query ?? '') : documentAnswer(bench, snapshot, path))),
});

async function documentAnswer(bench: Workbench, snapshot: Snapshot, path: string): Promise<Answer> {
  const [only] = workspacePaths(snapshot, [path]).files;
  if (only === undefined) throw new Failure('E/BAD_ARGUMENT', `${path} is a folder`, { hint: 'Name a file, or ask with --query TEXT.' });
  const specOf = await bench.specChooser(snapshot);
  const spec = specOf(only);
  if (spec === null) return { args: { path: only }, snapshot: snapshot.digest, failure: noServerFor(only, specOf) };
  const analysis = await bench.live('navigation');
  const found = await analysis.ask(spec, (session) => documentSymbols(session, only));
  return { args: { path: only }, facts: { symbols: await decorate(bench, snapshot, found) }, servers: await analysis.asked(), snapshot: snapshot.digest };
}

/** Every server whose language the workspace holds is asked. */
async function workspaceAnswer(bench: Workbench, snapshot: Snapshot, query: string): Promise<Answer> {
  const specOf = await bench.specChooser(snapshot);
  const specs = new Map<string, ServerSpec>();
  for (const path of snapshot.files.keys()) {
    const spec = specOf(path);
    if (spec !== null) specs.set(spec.id, spec);
  }
  const [first] = specs.values();
  if (first === undefined) return { args: { query }, snapshot: snapshot.digest, failure: noServerFor('any file of the workspace', specOf) };
  const analysis = await bench.live('navigation');
  const found: ServerSymbol[] = [];
  let isCut = false;
  for (const spec of [...specs.values()].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const probe = [...snapshot.files.keys()].find((path) => specOf(path) === spec);
    const ofServer = await analysis.ask(spec, (session) => symbolsEverywhere({ bench, session, snapshot }, query, probe));
    found.push(...ofServer.symbols);
    isCut ||= ofServer.isCut;
  }
  return { args: { query }, facts: { symbols: await decorate(bench, snapshot, found), ...(isCut ? { truncated: true as const } : {}) }, servers: await analysis.asked(), snapshot: snapshot.digest };
}

interface ServerSymbols {
  readonly symbols: readonly ServerSymbol[];
  /** True when the server names no more, whether there are more or not. */
  readonly isCut: boolean;
}

/** Asks one server, and then for the symbols of the files that declare a name like the query and that it says nothing of: pyright finds none in what its settings leave out. */
async function symbolsEverywhere({ bench, session, snapshot }: Omit<Everywhere, 'place'>, query: string, probe: string | undefined): Promise<ServerSymbols> {
  const { spec } = session;
  requireOffered(session, 'workspaceSymbols');
  const like = namesLike(query);
  const holding = spec.seesMoreWhenOpen && like !== null ? await bench.sources.holding(snapshot, spec, like) : [];
  await lookInto(session, holding);
  const found = await Promise.all((await workspaceSymbols(session, query, probe)).map((symbol) => withNameRange(bench, snapshot, symbol)));
  if (spec.workspaceSymbolsMax !== undefined && found.length >= spec.workspaceSymbolsMax) return { symbols: found, isCut: true };
  const named = new Set(found.flatMap(({ uri }) => (uri.startsWith('ext:') ? [] : [pathFromUri(uri)])));
  const more: ServerSymbol[] = [];
  for (const path of holding.filter((held) => !named.has(held))) {
    const { structure } = await bench.sources.read(snapshot, path);
    const isDeclared = structure?.declarations.some(({ name, kind }) => kind !== 'import' && like?.test(name) === true) === true;
    if (isDeclared && offers(session, 'documentSymbols')) more.push(...(await documentSymbols(session, path)).filter(({ name }) => like?.test(name) === true));
  }
  return { symbols: [...found, ...more], isCut: false };
}

/** A symbol of the workspace comes with one range: tsserver's is that of the whole declaration, where others give the name's. */
async function withNameRange(bench: Workbench, snapshot: Snapshot, symbol: ServerSymbol): Promise<ServerSymbol> {
  const { uri, range, name } = symbol;
  if (uri.startsWith('ext:') || !snapshot.files.has(pathFromUri(uri))) return symbol;
  const { document, structure } = await bench.sources.read(snapshot, pathFromUri(uri));
  if (structure === null || document.slice(range) === name) return symbol;
  const declaration = structure.declarations.find((declared) => declared.name === name && containsRange(range, declared.nameRange));
  return declaration === undefined ? symbol : { ...symbol, selectionRange: declaration.nameRange };
}

/** Matches a text that holds a name which a server may find alike: with the letters of the query in their order, and others between them. Of a dotted query the last name counts. Null for a query without a name. */
function namesLike(query: string): RegExp | null {
  const [name = ''] = query.split(/[^\p{ID_Continue}$#]+/u).filter((part) => part !== '').slice(-1);
  const letters = Array.from(name).map((letter) => (letter === '$' ? '\\$' : letter));
  // What stands between two letters holds not the second: there is one way to match, however long the name.
  const behind = letters.slice(1).map((letter) => `(?:(?!${letter})[\\p{ID_Continue}$])*${letter}`);
  return letters[0] === undefined ? null : new RegExp(letters[0] + behind.join(''), 'iu');
}

/** Only what the workspace itself declares. */
function decorate(bench: Workbench, snapshot: Snapshot, found: readonly ServerSymbol[]): Promise<BundleSymbol[]> {
  const inside = found.filter((symbol) => !symbol.uri.startsWith('ext:') && snapshot.files.has(pathFromUri(symbol.uri)));
  return decorateSymbols(bench, snapshot, inside);
}
