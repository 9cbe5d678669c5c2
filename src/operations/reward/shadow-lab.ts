import { join } from 'node:path';
import type { FileTree } from '../../workspace/file-tree.js';
import { Shadow, sweepStaleShadows } from '../../workspace/shadow.js';
import type { Workspace } from '../../workspace/workspace-root.js';
import { Analysis, type AnalysisOptions } from '../analysis.js';

/**
 * A worktree that the language servers own and the user never sees. It shows one tree at a time; the servers follow it from
 * tree to tree, so a second step starts warm.
 */
export class ShadowLab {
  readonly analysis: Analysis;
  private readonly shadow: Shadow;

  private constructor(shadow: Shadow, analysis: Analysis) {
    this.shadow = shadow;
    this.analysis = analysis;
  }

  static async open(workspace: Workspace, options: Pick<AnalysisOptions, 'env' | 'timeoutMs' | 'onLog'>): Promise<ShadowLab> {
    await sweepStaleShadows(workspace.stateDir);
    const shadow = await Shadow.create(workspace);
    await shadow.linkDependencies();
    const analysis = new Analysis({
      ...options,
      root: shadow.root,
      aliases: [workspace.root],
      interpreterRoot: workspace.root,
      runDir: join(shadow.root, '..', 'run'),
    });
    return new ShadowLab(shadow, analysis);
  }

  /** Puts `tree` on disk and tells the running servers what changed. */
  async show(tree: FileTree): Promise<void> {
    const changes = await this.shadow.moveTo(tree);
    const paths = (kind: string): string[] => changes.filter((change) => change.kind === kind).map((change) => change.path);
    await this.analysis.follow({ created: paths('created'), changed: paths('changed'), deleted: paths('deleted') });
  }

  /** Ends the servers, then removes the worktree. */
  async close(): Promise<void> {
    await this.analysis.close();
    await this.shadow.dispose();
  }
}
