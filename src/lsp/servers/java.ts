import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { byProgram } from '../program-server.js';
import { PLAIN_SERVER } from '../plain-server.js';
import type { ServerSpec } from '../server-spec.js';
import { isFields } from '../wire.js';

/** Neither Gradle nor Maven runs: both execute what a project names. Sources are found by their folders. */
const SAFE = { import: { gradle: { enabled: false, wrapper: { enabled: false } }, maven: { enabled: false } } } as const;
const SETTINGS = { ...SAFE, autobuild: { enabled: true }, maven: { downloadSources: false }, configuration: { updateBuildConfiguration: 'disabled' } } as const;

/** Eclipse's server for Java. It needs a Java of its own on PATH, and a folder for its index. */
export const jdtls: ServerSpec = {
  ...PLAIN_SERVER,
  id: 'jdtls',
  role: 'checker',
  languageIds: { '.java': 'java' },
  install: 'unpack Eclipse JDT Language Server and put its bin on PATH; it needs Java 21 or newer',
  isSettingsFile: (path) => /(^|\/)(pom\.xml|build\.gradle(\.kts)?|settings\.gradle(\.kts)?|\.classpath|\.project)$/.test(path),
  ...byProgram({ names: ['jdtls'], args: ({ runDir }) => ['-data', join(runDir, `jdtls-${randomUUID()}`)], versionArguments: null }),
  initializationOptions: () => ({ settings: { java: SETTINGS } }),
  configuration: (section) => (section === 'java' ? SETTINGS : null),
  sections: ['java'],
  diagnostics: 'push',
  ready: { kind: 'notification', method: 'language/status', verdict: (params) => (isFields(params) && params['type'] === 'ServiceReady' ? 'ready' : 'waiting') },
  opensChangedFiles: true,
  alwaysInSteps: { ...SAFE, java: SAFE, settings: { java: SAFE } },
};
