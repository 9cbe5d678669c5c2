import type { ServerSpec } from './server-spec.js';

/** REQUEST_FAILED, INVALID_PARAMS, INTERNAL_ERROR and Go's error without a code: by which most servers say that something cannot be renamed. */
const DECLINES = [-32803, -32602, -32603, 0];

/** A server whose commands are not known: none is executed, and only what it lists is offered. */
export const NO_COMMANDS = {
  declinesRenameWith: DECLINES,
  effectOfCommand: () => 'unknown',
  ownActions: () => [],
} as const satisfies Partial<ServerSpec>;
