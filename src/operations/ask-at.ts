import { Failure } from '../base/failure.js';
import type { PositionSpec } from '../base/position-spec.js';
import { startOf, type Position, type Range } from '../base/range.js';
import { uriFromPath } from '../base/relative-uri.js';
import type { BundleFacts } from '../bundles/schema/facts.js';
import type { JsonObject } from '../bundles/json-shape.js';
import { knownServers, knows } from '../lsp/registry.js';
import { notInstalled, type Session } from '../lsp/session.js';
import type { Snapshot } from '../workspace/snapshot.js';
import type { Answer } from './operation.js';
import { resolveSelector } from './resolve-selector.js';
import type { SourceFile } from './source-files.js';
import type { ServerChooser } from './spec-chooser.js';
import type { Workbench } from './workbench.js';

/** What a selector stands for in the files as they are. */
export interface SelectorPlace {
  readonly file: SourceFile;
  readonly range: Range;
}

type Ask = (session: Session, path: string, position: Position, snapshot: Snapshot, place: SelectorPlace) => Promise<BundleFacts>;

/** Answers a question about the place that a selector stands for: resolve, find the server, ask. `position` is where the place starts. */
export function askAt(
  bench: Workbench,
  selector: string | PositionSpec,
  args: JsonObject,
  ask: Ask,
): Promise<Answer> {
  return workAt(bench, selector, args, async (session, snapshot, place) => ({ facts: await ask(session, place.file.path, startOf(place.range), snapshot, place) }));
}

type Work = (session: Session, snapshot: Snapshot, place: SelectorPlace) => Promise<Partial<Pick<Answer, 'args' | 'facts' | 'edits' | 'write' | 'failure' | 'exitCode'>>>;

/** Like askAt, for what is more than facts. */
export function workAt(bench: Workbench, selector: string | PositionSpec, args: JsonObject, work: Work): Promise<Answer> {
  return bench.consistently((snapshot) => answerAt(bench, snapshot, selector, args, work));
}

async function answerAt(bench: Workbench, snapshot: Snapshot, selector: string | PositionSpec, args: JsonObject, work: Work): Promise<Answer> {
  const { canonical, resolution, place, failure } = await resolveSelector(bench, snapshot, selector);
  const known = { args, selector: canonical, resolution, snapshot: snapshot.digest };
  if (place === null) return { ...known, failure: failure ?? new Failure('E/INTERNAL', 'BUG: a selector without a place and without a reason') };
  const { path } = place.file;
  const specOf = await bench.specChooser(snapshot);
  const spec = specOf(path);
  if (spec === null) return { ...known, failure: noServerFor(path, specOf) };
  const analysis = await bench.live('navigation');
  try {
    const answer = await analysis.ask(spec, (session) => work(session, snapshot, place));
    return { ...known, ...answer, servers: await analysis.asked() };
  } catch (error) {
    // What is not offered depends on the server as much as an answer does.
    if (error instanceof Failure && error.code === 'E/UNSUPPORTED_CAP') return { ...known, failure: error, servers: await analysis.asked() };
    throw error;
  }
}

/** Says that no server answers for a file: the one for its language is not installed, or is only asked when chosen, or there is none. */
export function noServerFor(path: string, { missing, servers }: ServerChooser): Failure {
  const absent = missing(path);
  if (absent !== null) return notInstalled(absent);
  const others = servers.filter((spec) => knows(spec, path)).map(({ id }) => id);
  const hint = others.length === 0 ? `Known: ${knownServers(servers)}.` : `${others.join(', ')} answers when chosen: --server ${others[0] ?? ''}, or "use" in assay.json.`;
  return new Failure('E/UNSUPPORTED_CAP', others.length === 0 ? `no language server is known for ${path}` : `no language server was chosen for ${path}`, { hint, details: { uri: uriFromPath(path) } });
}
