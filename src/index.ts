export type { Bundle } from './bundles/schema/bundle.js';
export { Failure } from './base/failure.js';
export type { PositionSpec } from './base/position-spec.js';
export type { OperationRequest } from './operations/operation.js';
export type { OperationArguments, OperationName } from './operations/operations.js';
export { openWorkspace, type OpenOptions } from './sdk/open-workspace.js';
export type { AskOptions, AssayWorkspace } from './sdk/workspace.js';
export { parseSelector, printSelector } from './selectors/grammar.js';
