import { caller } from '../base/caller.js';
import { canonicalJson } from '../base/canonical-json.js';
import { sha256 } from '../base/digest.js';
import { serverEnvironment } from '../lsp/spawn.js';
import { Engine, type EngineOptions, type RequestOptions } from '../operations/engine.js';
import type { EngineHandle } from '../operations/engines.js';
import { Memo, type Remembered } from '../operations/memo.js';
import type { OperationRequest } from '../operations/operation.js';
import { WorkspaceFinder } from '../workspace/workspace-finder.js';
import type { DaemonStatus } from './protocol.js';
import { WarmEngine } from './warm-engine.js';

/** So many are kept for callers with different environments; beyond it the idle one that was used longest ago is closed. */
const ENGINES_MAX = 4;

/**
 * The warm engines of one workspace: one per environment that servers may see, and beside it one for rewards, whose steps take
 * seconds that questions need not wait for. Whatever else is asked for gets an engine of its own for as long as it is open.
 */
export class EngineHost {
  private readonly root: string;
  private readonly finder = new WorkspaceFinder();
  /** The one used longest ago first. */
  private readonly engines = new Map<string, WarmEngine>();

  constructor(root: string) {
    this.root = root;
  }

  async open(options: EngineOptions): Promise<EngineHandle> {
    const { workspace, env, timeoutMs, indexUnit, server, onLog, verifyCache, ...others } = options;
    const root = await this.finder.rootOf(workspace, caller().cwd);
    // An option that this does not know may change what an engine is.
    if (root !== this.root || Object.keys(others).length > 0) return Engine.open(options);
    const asked: RequestOptions = {
      indexUnit,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(server === undefined ? {} : { server }),
      ...(onLog === undefined ? {} : { onLog }),
      ...(verifyCache === undefined ? {} : { verifyCache }),
    };
    const usual: EngineOptions = { workspace: root, env, indexUnit };
    const { signal } = caller();
    let last: Remembered | null = null;
    return {
      run: async (request: OperationRequest) => {
        last = await (await this.engineFor(request, usual)).run(request, asked, signal);
        return last.bundle;
      },
      textOf: (uri) => last?.texts.get(uri),
      close: () => Promise.resolve(),
    };
  }

  status(): Pick<DaemonStatus, 'memo' | 'shared' | 'servers'> {
    const engines = [...this.engines.values()];
    const memos = engines.map((engine) => engine.memoStatus());
    const sum = (key: 'entries' | 'bytes' | 'hits' | 'misses'): number => memos.reduce((total, memo) => total + memo[key], 0);
    return {
      memo: { entries: sum('entries'), bytes: sum('bytes'), hits: sum('hits'), misses: sum('misses') },
      shared: engines.reduce((total, { shared }) => total + shared, 0),
      servers: engines.flatMap((engine) => engine.servers()),
    };
  }

  /** Waits for what is under way, and ends every server. */
  async close(): Promise<void> {
    await Promise.all([...this.engines.values()].map((engine) => engine.close()));
    this.engines.clear();
  }

  private async engineFor({ cmd }: OperationRequest, options: EngineOptions): Promise<WarmEngine> {
    const lane = cmd === 'reward' ? 'rewards' : 'questions';
    const key = `${lane} ${environmentKey(options.env, this.root)}`;
    const engine = this.engines.get(key) ?? new WarmEngine(options, () => new Memo());
    this.engines.delete(key);
    this.engines.set(key, engine);
    for (const [other, { isBusy }] of this.engines) {
      if (this.engines.size <= ENGINES_MAX) break;
      if (isBusy || other === key) continue;
      const old = this.engines.get(other);
      this.engines.delete(other);
      await old?.close();
    }
    return engine;
  }
}

/** Two callers share servers when these see the same variables, and when they have the same virtual environment active. */
function environmentKey(env: NodeJS.ProcessEnv, root: string): string {
  return sha256(canonicalJson([env['VIRTUAL_ENV'] ?? null, Object.entries(serverEnvironment(env, root)).sort(([a], [b]) => (a < b ? -1 : 1))]));
}
