import type { ServerSpec } from './server-spec.js';

/** REQUEST_FAILED, INVALID_PARAMS, INTERNAL_ERROR and Go's error without a code: by which most servers say that something cannot be renamed. */
const DECLINES = [-32803, -32602, -32603, 0];

/**
 * What holds for most servers: they keep to the protocol and have no quirk; a server names what is different with it. Their commands are not
 * known: none is executed, and only the actions that they list are offered.
 */
export const PLAIN_SERVER = {
  settingsOf: null,
  checkSettings: () => undefined,
  projectInfo: null,
  projectFiles: null,
  ready: null,
  leavesOutWithoutResultId: false,
  leavesOut: () => () => false,
  opensBeforeAsking: true,
  followsWatchEvents: true,
  toldBy: () => null,
  libraryFolders: () => null,
  opensChangedFiles: false,
  seesMoreWhenOpen: false,
  keepsOldFindings: false,
  findsLibraryUsesByChance: false,
  hierarchiesStayInProject: false,
  positions: { countsByteOrderMark: false, endsLinesAtSeparators: false },
  declinesRenameWith: DECLINES,
  effectOfCommand: () => 'unknown',
  ownActions: () => [],
  needsInterpreter: false,
} as const satisfies Partial<ServerSpec>;
