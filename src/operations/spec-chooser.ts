import { join } from 'node:path';
import { observeSync } from '../base/observe.js';
import { Failure } from '../base/failure.js';
import { configureServers } from '../lsp/configured-server.js';
import { checkUse, serversFor, SERVERS, type Chosen } from '../lsp/registry.js';
import type { LaunchContext, ServerSpec } from '../lsp/server-spec.js';
import { readConfiguration } from '../workspace/configuration.js';
import { installedVersion } from '../workspace/dependencies.js';
import { readTrust } from '../workspace/trust-store.js';
import type { Workspace } from '../workspace/workspace-root.js';

/** Where the chooser reads the workspace's package.json: the disk, or a tree that is analysed instead. */
export interface TextSource {
  text(path: string): Promise<string | null>;
}

/** What the caller asks for: a server by id, or further servers; and the environment that servers are looked up in. */
export interface ServerWish {
  readonly server?: string;
  readonly servers?: readonly ServerSpec[];
  readonly env: NodeJS.ProcessEnv;
}

/** Says which servers are asked about a file. Called, it returns the one that answers: null when none that is installed knows its language. */
export interface ServerChooser {
  (path: string): ServerSpec | null;
  /** The servers whose diagnostics a user wants beside those. */
  readonly linters: (path: string) => readonly ServerSpec[];
  /** The server that would answer if it were installed; null when one does answer, or none knows the language. */
  readonly missing: (path: string) => ServerSpec | null;
  /** Every server that there is, as it is configured. */
  readonly servers: readonly ServerSpec[];
}

/** Decides once, from the state before a step, and from the configuration and the trust as they are on disk. */
export async function specChooser(source: TextSource, workspace: Workspace, wish: ServerWish): Promise<ServerChooser> {
  const configuration = await readConfiguration(workspace, wish.env);
  const trust = new Set((await readTrust(workspace.stateDir)).map(({ digest }) => digest));
  const servers = [...(wish.servers ?? []), ...configureServers(SERVERS, configuration, trust)];
  checkUse(configuration, servers);
  const choice = {
    servers,
    server: wish.server,
    use: configuration.use,
    packageJson: await source.text('package.json'),
    installedTypescript: await installedVersion(join(workspace.root, 'node_modules'), 'typescript'),
  };
  const { root } = workspace;
  const isInstalled = remembered((spec: ServerSpec) => isThere(spec, { ...lookingAt(root), env: wish.env, trust }));
  const chosen = (path: string): Chosen => serversFor(path, choice);
  const main = (path: string): ServerSpec | null => {
    const { main: spec, isAskedFor } = chosen(path);
    return spec === null || isAskedFor || isInstalled(spec) ? spec : null;
  };
  return Object.assign(main, {
    linters: (path: string) => chosen(path).linters,
    missing: (path: string) => (main(path) === null ? chosen(path).main : null),
    servers,
  });
}

/** One that may not be looked at counts as there: asking it says why. */
function isThere(spec: ServerSpec, context: LaunchContext): boolean {
  try {
    return observeSync({ what: 'installed', key: spec.id }, () => spec.locate(context) !== null);
  } catch (error) {
    if (error instanceof Failure) return true;
    throw error;
  }
}

/** The context of a look at what is installed: nothing is started, so nothing is written. */
export function lookingAt(root: string): Pick<LaunchContext, 'workspaceRoot' | 'homeRoot' | 'runDir' | 'interpreter'> {
  return { workspaceRoot: root, homeRoot: root, runDir: root, interpreter: null };
}

function remembered(isTrue: (spec: ServerSpec) => boolean): (spec: ServerSpec) => boolean {
  const known = new Map<ServerSpec, boolean>();
  return (spec) => {
    const answer = known.get(spec) ?? isTrue(spec);
    known.set(spec, answer);
    return answer;
  };
}
