import { fileURLToPath } from 'node:url';
import type { ServerSpec } from '../../src/lsp/server-spec.js';

/** The spec of a server in fixtures/servers, which behaves like pyright where nothing else is said. */
export function fixtureServer(file: string, args: readonly string[] = [], changes: Partial<ServerSpec> = {}): ServerSpec {
  const script = fileURLToPath(new URL(`../../fixtures/servers/${file}`, import.meta.url));
  return {
    id: 'fixture',
    role: 'checker',
    install: 'it is a fixture',
    programs: [],
    languageIds: { '.py': 'python' },
    isSettingsFile: () => false,
    checkSettings: () => undefined,
    locate: () => ({ command: { executable: process.execPath, args: [script, ...args] }, packageName: 'fixture', version: () => Promise.resolve('0'), integrity: () => Promise.resolve('sha256:0'), origin: 'assay' }),
    initializationOptions: () => ({}),
    configuration: (section) => ({ section }),
    sections: [],
    diagnostics: 'pull',
    projectInfo: null,
    projectFiles: null,
    ready: { kind: 'log', pattern: /^Found/ },
    leavesOutWithoutResultId: true,
    opensBeforeAsking: false,
    followsWatchEvents: true,
    opensChangedFiles: false,
    seesMoreWhenOpen: true,
    hierarchiesStayInProject: false,
    positions: { countsByteOrderMark: true, endsLinesAtSeparators: false },
    declinesRenameWith: [],
    effectOfCommand: () => 'unknown',
    ownActions: () => [],
    needsInterpreter: false,
    ...changes,
  };
}
