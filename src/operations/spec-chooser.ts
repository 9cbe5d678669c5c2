import { serverFor } from '../lsp/registry.js';
import type { ServerSpec } from '../lsp/server-spec.js';
import { join } from 'node:path';
import { installedVersion } from '../workspace/dependencies.js';
import type { Workspace } from '../workspace/workspace-root.js';

/** Where the chooser reads the workspace's package.json: the disk, or a tree that is analysed instead. */
export interface TextSource {
  text(path: string): Promise<string | null>;
}

/** Returns which server answers for a file; null when none knows its language. Decided once, from the state before a step. */
export async function specChooser(source: TextSource, workspace: Workspace, server: string | undefined): Promise<(path: string) => ServerSpec | null> {
  const choice = {
    server,
    packageJson: await source.text('package.json'),
    installedTypescript: await installedVersion(join(workspace.root, 'node_modules'), 'typescript'),
  };
  return (path) => serverFor(path, choice);
}
