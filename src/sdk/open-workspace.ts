import { caller } from '../base/caller.js';
import type { ColumnUnit } from '../base/text-document.js';
import { Engine } from '../operations/engine.js';
import { DaemonAnswers } from './daemon-answers.js';
import { workspaceOver, type AssayWorkspace } from './workspace.js';

/** What a workspace is opened with. All of it is optional. */
export interface OpenOptions {
  /** The folder under analysis; default: the Git repository around the current folder, else that folder itself. */
  readonly workspace?: string;
  /** Has the workspace's daemon answer, which is started unless it runs, and outlives this process. Default: servers of our own. */
  readonly daemon?: boolean;
  /** What columns in selectors count where they do not say. Default: `codepoint`. */
  readonly indexUnit?: ColumnUnit;
  /** The id of the server to ask, instead of the one that a file calls for. */
  readonly server?: string;
  /** For every request that does not say, in milliseconds. Default: none; a server may take a minute for each question. */
  readonly timeoutMs?: number;
  /** What servers are found with and see. Default: the environment of this process. */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Opens a workspace to ask about: with the operations of the command line and their bundles. Servers are started when they are first
 * needed. Rejects with a Failure for a folder that is none, and where no daemon can be started that was asked for.
 */
export async function openWorkspace(options: OpenOptions = {}): Promise<AssayWorkspace> {
  const { daemon = false, env = caller().env, indexUnit = 'codepoint', ...asked } = options;
  if (daemon) return workspaceOver(await DaemonAnswers.open({ env, indexUnit, ...asked }));
  const engine = await Engine.open({ env, indexUnit, ...asked });
  return workspaceOver({ answer: (request, ask) => engine.run(request, ask), close: () => engine.close() });
}
