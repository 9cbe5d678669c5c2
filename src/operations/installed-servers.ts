import { observe } from '../base/observe.js';
import { toFailure, type Failure } from '../base/failure.js';
import type { KnownServer } from '../bundles/schema/servers.js';
import { pinDifferences, type InstalledServer } from '../lsp/pins.js';
import type { Launch, ServerSpec } from '../lsp/server-spec.js';
import { NO_TRUST } from '../lsp/trust.js';
import type { Snapshot } from '../workspace/snapshot.js';
import { lookingAt, type ServerChooser } from './spec-chooser.js';
import type { Workbench } from './workbench.js';

/** What is known of a server without starting it. */
export interface LookedAt {
  readonly spec: ServerSpec;
  readonly launch: Pick<Launch, 'command' | 'origin'> | null;
  /** Null when it is not installed, or `failure` says why it was not looked at. */
  readonly installed: InstalledServer | null;
  readonly failure: Failure | null;
  /** The files of the workspace that it answers for. */
  readonly files: readonly string[];
}

/** Looks at every server that `isWanted`: a program may be asked for its version, and its code is digested. */
export async function lookAtServers(bench: Workbench, snapshot: Snapshot, specOf: ServerChooser, isWanted: (spec: ServerSpec, files: readonly string[]) => boolean): Promise<LookedAt[]> {
  const files = new Map<string, string[]>();
  for (const path of snapshot.files.keys()) {
    const main = specOf(path) ?? specOf.missing(path);
    for (const spec of [...(main === null ? [] : [main]), ...specOf.linters(path)]) files.set(spec.id, [...(files.get(spec.id) ?? []), path]);
  }
  const wanted = specOf.servers.filter((spec) => isWanted(spec, files.get(spec.id) ?? []));
  return Promise.all(wanted.map((spec) => lookAt(bench, spec, files.get(spec.id) ?? [])));
}

async function lookAt({ workspace, options }: Workbench, spec: ServerSpec, files: readonly string[]): Promise<LookedAt> {
  try {
    const found = await observe({ what: 'look at a server', key: spec.id }, async () => {
      const launch = spec.locate({ ...lookingAt(workspace.root), env: options.env, trust: spec.trust ?? NO_TRUST });
      if (launch === null) return null;
      const [version, integrity] = await Promise.all([launch.version(), launch.integrity()]);
      return { launch: { command: launch.command, origin: launch.origin }, installed: { name: launch.packageName, version, integrity } };
    });
    return { spec, launch: found?.launch ?? null, installed: found?.installed ?? null, failure: null, files };
  } catch (error) {
    const failure = toFailure(error);
    if (failure.code === 'E/INTERNAL') throw failure;
    return { spec, launch: null, installed: null, failure, files };
  }
}

/** The same, for a bundle. */
export function describeServer({ spec, launch, installed, failure, files }: LookedAt): KnownServer {
  return {
    id: spec.id,
    role: spec.role,
    languages: [...new Set(Object.values(spec.languageIds))].sort(),
    extensions: Object.keys(spec.languageIds).sort(),
    installed: launch !== null,
    name: installed?.name ?? null,
    version: installed?.version ?? null,
    integrity: installed?.integrity ?? null,
    from: launch?.origin ?? null,
    pin: spec.pin ?? null,
    differences: installed === null ? [] : pinDifferences(spec, installed).map((difference) => ({ ...difference })),
    files: files.length,
    install: spec.install,
    problem: failure?.message ?? null,
  };
}
