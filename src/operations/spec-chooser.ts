import { serverFor } from '../lsp/registry.js';
import type { ServerSpec } from '../lsp/server-spec.js';
import { join } from 'node:path';
import { installedVersion } from '../workspace/dependencies.js';
import type { Workspace } from '../workspace/workspace-root.js';
import { knows } from './analysis.js';


/** Where the chooser reads the workspace's package.json: the disk, or a tree that is analysed instead. */
export interface TextSource {
  text(path: string): Promise<string | null>;
}

/** What the caller asks for: a built-in server by id, or further servers. */
export interface ServerWish {
  readonly server?: string;
  readonly servers?: readonly ServerSpec[];
}

/** Returns which server answers for a file; null when none knows its language. Decided once, from the state before a step. */
export async function specChooser(source: TextSource, workspace: Workspace, { server, servers = [] }: ServerWish): Promise<(path: string) => ServerSpec | null> {
  const choice = {
    server,
    packageJson: await source.text('package.json'),
    installedTypescript: await installedVersion(join(workspace.root, 'node_modules'), 'typescript'),
  };
  return (path) => servers.find((spec) => knows(spec, path)) ?? serverFor(path, choice);
}
