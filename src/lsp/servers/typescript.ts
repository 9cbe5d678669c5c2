import { join } from 'node:path';
import { ownTypescript } from '../own-typescript.js';
import { PLAIN_SERVER } from '../plain-server.js';
import { byProgram } from '../program-server.js';
import { codeIntegrity, findServerPackage, requireServerPackage, type ServerPackage } from '../server-package.js';
import type { Launch, LaunchContext, ServerSpec, WireCommand } from '../server-spec.js';
import { isFields } from '../wire.js';

const LANGUAGE_IDS = {
  '.ts': 'typescript',
  '.mts': 'typescript',
  '.cts': 'typescript',
  '.tsx': 'typescriptreact',
  '.js': 'javascript',
  '.mjs': 'javascript',
  '.cjs': 'javascript',
  '.jsx': 'javascriptreact',
} as const;

const REQUEST_FAILED = -32803;
const INTERNAL_ERROR = -32603;

const PROJECT_FILES = ['tsconfig.json', 'jsconfig.json'];

const isSettingsFile = (path: string): boolean => /(^|\/)((ts|js)config[^/]*\.json|package\.json|[^/]*\.jsonc?)$/.test(path);

const DIRECTIVES = ['@ts-ignore', '@ts-expect-error', '@ts-nocheck', '@ts-check'];

/**
 * TypeScript 7's own server (`tsc --lsp`). Unused names and the like are errors, as its command line says.
 *
 * Where its command line stops early, both servers go on and measure every file (tests/lsp/typescript.test.ts): `tsc`
 * prints nothing but syntax errors when any file of the project has one, and nothing but the global error when an option
 * contradicts another, or a library or type library of `compilerOptions` is missing. A malformed tsconfig.json stops neither.
 *
 * Never send it `workspace/didChangeConfiguration` with `{}`: it takes that for all its defaults. A file is opened before
 * it is asked about, because it takes one that is not open for a part of whichever loaded project reads it.
 */
export const typescript: ServerSpec = {
  ...PLAIN_SERVER,
  id: 'typescript',
  role: 'checker',
  languageIds: LANGUAGE_IDS,
  install: 'it comes with assay: npm ci in its folder',
  programs: [],
  isSettingsFile,
  locate: locateNative,
  initializationOptions: () => ({}),
  // By default it would ask npm for types, over the network.
  configuration: () => ({ reportStyleChecksAsWarnings: false, suggest: { autoImports: false }, disableAutomaticTypeAcquisition: true, tsserver: { automaticTypeAcquisition: { enabled: false } } }),
  sections: ['js/ts'],
  diagnostics: 'pull',
  directives: DIRECTIVES,
  projectInfo: 'custom/projectInfo',
  projectFiles: PROJECT_FILES,
  seesMoreWhenOpen: true,
  workspaceSymbolsMax: 256,
  declinesRenameWith: [REQUEST_FAILED],
};

/** typescript-language-server over tsserver 6, for workspaces that use TypeScript up to 6 themselves. */
export const typescriptClassic: ServerSpec = {
  ...PLAIN_SERVER,
  id: 'typescript-language-server',
  role: 'checker',
  languageIds: LANGUAGE_IDS,
  install: 'it comes with assay: npm ci in its folder',
  programs: [],
  isSettingsFile,
  locate: locateClassic,
  initializationOptions: (context) => ({
    disableAutomaticTypingAcquisition: true,
    tsserver: { ...(context.workspaceRoot === '' ? {} : { path: join(compilerFor(context).directory, 'lib', 'tsserver.js') }), useSyntaxServer: 'never' },
    preferences: { includePackageJsonAutoImports: 'off', includeCompletionsForModuleExports: false },
  }),
  configuration: () => ({}),
  sections: [],
  diagnostics: 'tsserver',
  directives: DIRECTIVES,
  projectFiles: PROJECT_FILES,
  followsWatchEvents: false,
  seesMoreWhenOpen: true,
  hierarchiesStayInProject: true,
  workspaceSymbolsMax: 256,
  positions: { countsByteOrderMark: false, endsLinesAtSeparators: true },
  declinesRenameWith: [REQUEST_FAILED, INTERNAL_ERROR],
  effectOfCommand: effectOfClassicCommand,
};

const COMMANDS_THAT_EDIT: readonly string[] = ['_typescript.organizeImports', '_typescript.applyFixAllCodeAction', '_typescript.applyRefactoring'];

/** A quick fix comes with its edit and with a command for whatever else it does, such as installing types: mostly nothing. */
function effectOfClassicCommand({ command, arguments: args = [] }: WireCommand): 'none' | 'edit' | 'unknown' {
  if (COMMANDS_THAT_EDIT.includes(command)) return 'edit';
  const [fix] = args;
  const action = isFields(fix) ? fix['action'] : undefined;
  const more = isFields(action) ? (action['commands'] ?? []) : null;
  return command === '_typescript.applyCodeActionCommand' && Array.isArray(more) && more.length === 0 ? 'none' : 'unknown';
}

/** vtsls, which brings a TypeScript 5 of its own and speaks as the editor's extension does. */
export const vtsls: ServerSpec = {
  ...typescriptClassic,
  id: 'vtsls',
  role: 'alternative',
  install: 'npm install -g @vtsls/language-server',
  ...byProgram({ names: ['vtsls'], args: ['--stdio'], npm: '@vtsls/language-server', versionArguments: null }),
  initializationOptions: () => ({}),
  configuration: (section) => VTSLS_SETTINGS[section] ?? {},
  sections: ['typescript', 'vtsls'],
};

const VTSLS_SETTINGS: Readonly<Record<string, unknown>> = {
  typescript: { disableAutomaticTypeAcquisition: true, tsserver: { useSyntaxServer: 'never' }, suggest: { autoImports: false } },
  vtsls: { autoUseWorkspaceTsdk: false, enableMoveToFileCodeAction: false },
};

/** TypeScript 7 of the workspace, where that is trusted, else assay's own. */
function locateNative(context: LaunchContext): Launch | null {
  const own = ownTypescript(context, (major) => major >= 7);
  const main = own ?? findServerPackage('typescript-native');
  const platform = main === null ? null : findServerPackage(`@typescript/typescript-${process.platform}-${process.arch}`, main.directory);
  if (main === null || platform === null) return null;
  const executable = join(platform.directory, 'lib', process.platform === 'win32' ? 'tsc.exe' : 'tsc');
  return {
    command: { executable, args: ['--lsp', '--stdio'] },
    packageName: main.name,
    version: () => Promise.resolve(main.version),
    integrity: () => codeIntegrity([join(main.directory, 'package.json'), executable]),
    origin: own === null ? 'assay' : 'workspace',
  };
}

function locateClassic(context: LaunchContext): Launch {
  const wrapper = requireServerPackage('typescript-language-server');
  const compiler = compilerFor(context);
  const cli = join(wrapper.directory, 'lib', 'cli.mjs');
  return {
    command: { executable: process.execPath, args: [cli, '--stdio'] },
    packageName: wrapper.name,
    version: () => Promise.resolve(`${wrapper.version}+typescript.${compiler.version}`),
    integrity: () => codeIntegrity([join(wrapper.directory, 'package.json'), cli, join(compiler.directory, 'package.json'), join(compiler.directory, 'lib', 'typescript.js')]),
    origin: ownTypescript(context, isClassic) === null ? 'assay' : 'workspace',
  };
}

/** The TypeScript up to 6 that tsserver runs: the workspace's where that is trusted, else assay's own. */
function compilerFor(context: LaunchContext): ServerPackage {
  return ownTypescript(context, isClassic) ?? requireServerPackage('typescript');
}

function isClassic(major: number): boolean {
  return major <= 6;
}
