import { caller } from './base/caller.js';
import { Engine, type EngineOptions } from './operations/engine.js';

export type { Bundle } from './bundles/schema/bundle.js';
export type { EngineOptions } from './operations/engine.js';
export type { OperationRequest } from './operations/operation.js';
export type { PositionSpec } from './base/position-spec.js';
export { parseSelector, printSelector } from './selectors/grammar.js';
export { Engine };

/** Opens a workspace: `run` answers the same requests as the command line with the same bundles. Close it when done. */
export function openWorkspace(options: Partial<EngineOptions> = {}): Promise<Engine> {
  return Engine.open({ env: caller().env, indexUnit: 'codepoint', ...options });
}
