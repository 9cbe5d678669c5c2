import { ContextValue } from '../base/context.js';
import type { Bundle } from '../bundles/schema/bundle.js';
import { Engine, type EngineOptions } from './engine.js';
import type { OperationRequest } from './operation.js';

/** One workspace that answers requests. Close it, whatever happened: what is warm may stay warm behind it. */
export interface EngineHandle {
  run(request: OperationRequest): Promise<Bundle>;
  /** The text of a file that the last answer speaks about; undefined when it was not read. */
  textOf(uri: string): string | undefined;
  close(): Promise<void>;
}

type OpenEngine = (options: EngineOptions) => Promise<EngineHandle>;

const sources = new ContextValue<OpenEngine>('engines');

/** Opens an engine: one of its own, or inside the daemon the warm one of the workspace. What is recorded begins with fresh servers. */
export function openEngine(options: EngineOptions): Promise<EngineHandle> {
  const source = options.story === undefined ? sources.get() : undefined;
  return (source ?? ((asked) => Engine.open(asked)))(options);
}

/** Runs `work` so that every engine that it opens comes from `open`. */
export function withEngines<T>(open: OpenEngine, work: () => T): T {
  return sources.run(open, work);
}
