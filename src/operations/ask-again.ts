import type { Bundle } from '../bundles/schema/bundle.js';
import type { JsonObject } from '../bundles/json-shape.js';
import type { ColumnUnit } from '../base/text-document.js';
import type { Trace, TracedOperation } from '../trace/read.js';
import { recordedLook } from '../trace/replay.js';
import { snapshotChanges, takeSnapshot, type Snapshot } from '../workspace/snapshot.js';
import { findWorkspace } from '../workspace/workspace-root.js';
import { differencesOf, type Difference } from './compare-bundles.js';
import type { EngineOptions } from './engine.js';
import { Desk } from './desk.js';
import { answerRecorded } from './recorded-requests.js';
import { mismatch, type Replayed } from './replay.js';

interface Asked {
  readonly operation: number;
  readonly cmd: string;
  readonly differences: Difference[];
  /** The files of the workspace that are not what they were. */
  readonly files: { readonly created: readonly string[]; readonly changed: readonly string[]; readonly deleted: readonly string[] } | null;
}

/**
 * Asks a workspace as it is now what was asked when a trace was recorded, and throws E/REPLAY_MISMATCH where a bundle has another id:
 * with the files that changed and the places where the bundles differ. `options.workspace` stands for the recorded one.
 */
export async function askAgain(trace: Trace, wanted: ReadonlySet<TracedOperation>, options: EngineOptions, report: (replayed: Replayed) => Promise<void>): Promise<void> {
  const different: Asked[] = [];
  for (const operation of trace.operations) {
    const { request, bundle: line } = operation;
    if (!wanted.has(operation) || line?.kind !== 'bundle') continue;
    const recorded = line.bundle as unknown as Bundle;
    const asked = withRecordedOptions(operation, options);
    const desk = new Desk(asked);
    try {
      const { workspace: _recorded, ...rest } = request.args as JsonObject;
      const bundle = await (answerRecorded(request) ?? desk.answer({ cmd: request.cmd, args: options.workspace === undefined ? (request.args as JsonObject) : rest }));
      await report({ operation, bundle, recorded: null });
      if (bundle.bundleId === recorded.bundleId) continue;
      different.push({ operation: operation.number, cmd: request.cmd, differences: differencesOf(line.bundle, bundle, { ignoreMeta: true }), files: await filesOf(operation, asked.workspace) });
    } finally {
      await desk.close();
    }
  }
  if (different.length > 0) throw mismatch(different, hintFor(different));
}

function withRecordedOptions({ request }: TracedOperation, options: EngineOptions): EngineOptions {
  const recorded = request.options as { workspace: string | null; server: string | null; indexUnit: ColumnUnit };
  const workspace = options.workspace ?? recorded.workspace;
  const server = options.server ?? recorded.server;
  return { ...options, indexUnit: recorded.indexUnit, ...(workspace === null ? {} : { workspace }), ...(server === null ? {} : { server }) };
}

/** Compares the digests that were recorded with the files as they are. Null for an operation that looked at no snapshot. */
async function filesOf(operation: TracedOperation, workspace: string | undefined): Promise<Asked['files']> {
  const recorded = recordedLook(operation.session, operation.request.op, 'snapshot') as { files: [string, 'file' | 'exec' | 'symlink', string][] } | undefined;
  if (recorded === undefined) return null;
  const files = new Map(recorded.files.map(([path, mode, sha256]) => [path, { mode, sha256 }]));
  const now = await takeSnapshot(await findWorkspace(workspace));
  return snapshotChanges({ ...now, files: files as unknown as Snapshot['files'] }, now);
}

function hintFor(different: readonly Asked[]): string {
  const changed = new Set(different.flatMap(({ files }) => (files === null ? [] : [...files.created, ...files.changed, ...files.deleted])));
  const [first] = changed;
  if (first === undefined) return 'The files are as they were: the servers, their settings or the dependencies are others. details.operations says where the bundles differ.';
  return `${first}${changed.size > 1 ? ` and ${String(changed.size - 1)} more files` : ''} changed since then. details.operations says which, and where the bundles differ.`;
}

