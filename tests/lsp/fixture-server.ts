import { resolve } from 'node:path';
import type { ServerSpec } from '../../src/lsp/server-spec.js';
import { pyright } from '../../src/lsp/servers/pyright.js';

/** The spec of a server in fixtures/servers, which behaves like pyright where nothing else is said. */
export function fixtureServer(file: string, args: readonly string[] = [], changes: Partial<ServerSpec> = {}): ServerSpec {
  const script = resolve('fixtures', 'servers', file);
  return {
    ...pyright,
    id: 'fixture',
    install: 'it is a fixture',
    languageIds: { '.py': 'python' },
    isSettingsFile: () => false,
    checkSettings: () => undefined,
    locate: () => ({ command: { executable: process.execPath, args: [script, ...args] }, packageName: 'fixture', version: () => Promise.resolve('0'), integrity: () => Promise.resolve(`sha256:${'0'.repeat(64)}`), origin: 'assay' }),
    configuration: (section) => ({ section }),
    sections: [],
    ready: { kind: 'log', pattern: /^Found/ },
    effectOfCommand: () => 'unknown',
    ownActions: () => [],
    needsInterpreter: false,
    ...changes,
  };
}
