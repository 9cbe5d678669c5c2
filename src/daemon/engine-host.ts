import { isDeepStrictEqual } from 'node:util';
import { caller } from '../base/caller.js';
import { canonicalJson } from '../base/canonical-json.js';
import { sha256 } from '../base/digest.js';
import { serverEnvironment } from '../lsp/spawn.js';
import { Engine, type EngineOptions, type RequestOptions } from '../operations/engine.js';
import type { EngineHandle } from '../operations/engines.js';
import { Memo, type Given, type Remembered } from '../operations/memo.js';
import type { OperationRequest } from '../operations/operation.js';
import { WorkspaceFinder } from '../workspace/workspace-finder.js';
import type { DaemonStatus } from './protocol.js';
import { WarmEngine } from './warm-engine.js';

/** So many are kept for callers with different environments; beyond it the idle one that was used longest ago is closed. */
const ENGINES_MAX = 4;

interface Environment {
  readonly env: NodeJS.ProcessEnv;
  /** Two callers share servers when these see the same variables, and when they have the same virtual environment active: then it is the same. */
  readonly key: string;
}

/** Hears of every answer: how it can be known that the same question has the same one again, or null where it cannot. */
export type HearAnswer = (isStill: (() => Promise<boolean>) | null) => void;

/**
 * The warm engines of one workspace: one per environment that servers may see, and beside it one for rewards, whose steps take
 * seconds that questions need not wait for. Whatever else is asked for gets an engine of its own for as long as it is open.
 */
export class EngineHost {
  private readonly root: string;
  private readonly finder = new WorkspaceFinder();
  /** The one that the engines know. */
  private repository: string | null = null;
  /** Engines that nobody asks any more, until what is under way is answered. */
  private readonly leaving = new Set<Promise<void>>();
  /** The one used longest ago first. */
  private readonly engines = new Map<string, WarmEngine>();
  /** The environments that were met last, and what of each servers see. */
  private readonly environments: Environment[] = [];

  constructor(root: string) {
    this.root = root;
  }

  async open(options: EngineOptions, hear: HearAnswer): Promise<EngineHandle> {
    const { workspace, env, timeoutMs, indexUnit, server, onLog, verifyCache, ...others } = options;
    const { cwd, signal } = caller();
    const found = await this.finder.find(workspace, cwd);
    // An option that this does not know may change what an engine is.
    if (found?.root !== this.root || Object.keys(others).length > 0) {
      hear(null);
      return Engine.open(options);
    }
    const { root, repository } = found;
    const environment = this.knownEnvironment(env);
    const asked: RequestOptions = {
      env: environment.env,
      indexUnit,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(server === undefined ? {} : { server }),
      ...(onLog === undefined ? {} : { onLog }),
      ...(verifyCache === undefined ? {} : { verifyCache }),
    };
    const usual: EngineOptions = { workspace: root, env: environment.env, indexUnit, expectsMore: true };
    let last: Given | null = null;
    return {
      run: async (request: OperationRequest) => {
        const engine = await this.engineFor(request, usual, environment, repository);
        last = await engine.run(request, asked, signal);
        const { bundle, memory } = last;
        const isStill = async (again: Remembered): Promise<boolean> => {
          const now = await this.finder.find(workspace, cwd);
          return now?.root === root && now.repository === repository && this.repository === repository && this.isServing(engine) && engine.stillRemembers(request, asked, again);
        };
        hear(memory === null || verifyCache === true || onLog !== undefined ? null : () => isStill(memory));
        return bundle;
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
    await Promise.all([...[...this.engines.values()].map((engine) => engine.close()), ...this.leaving]);
    this.engines.clear();
  }

  private async engineFor({ cmd }: OperationRequest, options: EngineOptions, environment: Environment, repository: string): Promise<WarmEngine> {
    if (repository !== this.repository) this.forgetRepository(repository);
    const lane = cmd === 'reward' ? 'rewards' : 'questions';
    const key = `${lane} ${environment.key}`;
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

  private isServing(engine: WarmEngine): boolean {
    return [...this.engines.values()].includes(engine);
  }

  /** An engine knows the repository that there was when it was opened: `git init`, or its removal, asks for others. */
  private forgetRepository(repository: string): void {
    this.repository = repository;
    for (const engine of this.engines.values()) {
      const closing = engine.close().finally(() => this.leaving.delete(closing));
      this.leaving.add(closing);
    }
    this.engines.clear();
  }

  /** The same object for equal environments, which are told apart at one glance from then on. */
  private knownEnvironment(env: NodeJS.ProcessEnv): Environment {
    const known = this.environments.find((each) => isDeepStrictEqual(each.env, env));
    if (known !== undefined) return known;
    const environment = { env, key: this.digestOf(env) };
    this.environments.unshift(environment);
    this.environments.length = Math.min(this.environments.length, ENGINES_MAX);
    return environment;
  }

  private digestOf(env: NodeJS.ProcessEnv): string {
    return sha256(canonicalJson([env['VIRTUAL_ENV'] ?? null, Object.entries(serverEnvironment(env, this.root)).sort(([a], [b]) => (a < b ? -1 : 1))]));
  }
}

