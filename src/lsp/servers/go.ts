import { byProgram } from '../program-server.js';
import { PLAIN_SERVER } from '../plain-server.js';
import type { ServerSpec } from '../server-spec.js';

const SETTINGS = { pullDiagnostics: true, completeUnimported: false, vulncheck: 'Off', semanticTokens: false, symbolScope: 'workspace' } as const;

/** gopls. It answers once it has loaded the workspace, so that no readiness is waited for. */
export const gopls: ServerSpec = {
  ...PLAIN_SERVER,
  id: 'gopls',
  role: 'checker',
  languageIds: { '.go': 'go' },
  install: 'go install golang.org/x/tools/gopls@latest, with its folder on PATH',
  isSettingsFile: (path) => /(^|\/)go\.(mod|sum|work)$/.test(path),
  ...byProgram({ names: ['gopls'], args: ['serve'], versionArguments: ['version'] }),
  initializationOptions: () => SETTINGS,
  configuration: (section) => (section === 'gopls' ? SETTINGS : null),
  sections: ['gopls'],
  // A go.mod may ask for another toolchain, which go would fetch and run; a missing module stays missing until go mod download.
  environment: () => ({ GOTOOLCHAIN: 'local', GOPROXY: 'off', GOPACKAGESDRIVER: 'off' }),
  diagnostics: 'pull',
  workspaceSymbolsMax: 100,
};
