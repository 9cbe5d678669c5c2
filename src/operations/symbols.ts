import * as z from 'zod';
import { Failure } from '../base/failure.js';
import type { ServerSymbol } from '../base/location.js';
import { pathFromUri } from '../base/relative-uri.js';
import type { BundleSymbol } from '../bundles/schema/location.js';
import { documentSymbols, workspaceSymbols } from '../lsp/server-symbols.js';
import type { ServerSpec } from '../lsp/server-spec.js';
import type { Snapshot } from '../workspace/snapshot.js';
import { noServerFor } from './ask-at.js';
import { decorateSymbols } from './decorate-symbols.js';
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
  for (const spec of [...specs.values()].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const probe = [...snapshot.files.keys()].find((path) => specOf(path) === spec);
    found.push(...(await analysis.ask(spec, (session) => workspaceSymbols(session, query, probe))));
  }
  return { args: { query }, facts: { symbols: await decorate(bench, snapshot, found) }, servers: await analysis.asked(), snapshot: snapshot.digest };
}

/** Only what the workspace itself declares. */
function decorate(bench: Workbench, snapshot: Snapshot, found: readonly ServerSymbol[]): Promise<BundleSymbol[]> {
  const inside = found.filter((symbol) => !symbol.uri.startsWith('ext:') && snapshot.files.has(pathFromUri(symbol.uri)));
  return decorateSymbols(bench, snapshot, inside);
}
