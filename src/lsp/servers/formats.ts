import { PLAIN_SERVER } from '../plain-server.js';
import { byProgram } from '../program-server.js';
import type { ServerSpec } from '../server-spec.js';

const VSCODE = 'npm install -g vscode-langservers-extracted';

const base = {
  ...PLAIN_SERVER,
  role: 'format',
  isSettingsFile: () => false,
  opensChangedFiles: true,
  seesMoreWhenOpen: true,
} as const;

function vscode(language: 'json' | 'css' | 'html', languageIds: Readonly<Record<string, string>>, options: unknown, settings: Readonly<Record<string, unknown>>): ServerSpec {
  const program = `vscode-${language}-language-server`;
  return {
    ...base,
    id: program,
    languageIds,
    install: VSCODE,
    ...byProgram({ names: [program], args: ['--stdio'], npm: 'vscode-langservers-extracted', versionArguments: null }),
    initializationOptions: () => options,
    configuration: (section) => settings[section] ?? null,
    sections: Object.keys(settings),
    diagnostics: 'pull',
  };
}

/** Schemas are read from files alone: the server would fetch others over the network. */
export const json = vscode('json', { '.json': 'json', '.jsonc': 'jsonc' }, { provideFormatter: false, handledSchemaProtocols: ['file'] }, { json: { validate: { enable: true }, schemas: [], schemaDownload: { enable: false } }, http: {} });

export const css = vscode('css', { '.css': 'css', '.scss': 'scss', '.less': 'less' }, { provideFormatter: false }, { css: { validate: true }, scss: { validate: true }, less: { validate: true } });

export const html = vscode('html', { '.html': 'html', '.htm': 'html' }, { provideFormatter: false, embeddedLanguages: { css: true, javascript: true } }, { html: { validate: { scripts: true, styles: true } } });

/** Its other programs (shellcheck, shfmt) stay out: they are of no pinned version. A user's settings may name them. */
const BASH_SETTINGS = { shellcheckPath: '', shfmt: { path: '' }, enableSourceErrorDiagnostics: true, backgroundAnalysisMaxFiles: 500, globPattern: '**/*@(.sh|.bash)', logLevel: 'info' } as const;

export const bash: ServerSpec = {
  ...base,
  id: 'bash-language-server',
  languageIds: { '.sh': 'shellscript', '.bash': 'shellscript' },
  install: 'npm install -g bash-language-server',
  ...byProgram({ names: ['bash-language-server'], args: ['start'], npm: 'bash-language-server', versionArguments: null }),
  initializationOptions: () => ({}),
  configuration: (section) => (section === 'bashIde' ? BASH_SETTINGS : null),
  sections: ['bashIde'],
  diagnostics: 'push',
};

const YAML_SETTINGS = { validate: true, schemaStore: { enable: false }, hover: true, completion: true, format: { enable: false } } as const;

export const yaml: ServerSpec = {
  ...base,
  id: 'yaml-language-server',
  languageIds: { '.yaml': 'yaml', '.yml': 'yaml' },
  install: 'npm install -g yaml-language-server',
  ...byProgram({ names: ['yaml-language-server'], args: ['--stdio'], npm: 'yaml-language-server', versionArguments: null }),
  initializationOptions: () => ({}),
  configuration: (section) => (section === 'yaml' ? YAML_SETTINGS : null),
  sections: ['yaml'],
  diagnostics: 'push',
};
