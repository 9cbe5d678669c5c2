import { join } from 'node:path';
import { observeSync } from '../base/observe.js';
import { codeIntegrity, requireServerPackage } from './server-package.js';
import type { Launch, ServerSpec, WireCommand } from './server-spec.js';
import { isFields } from './wire.js';

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

/** A malformed tsconfig.json needs no check: TypeScript recovers what it can and goes on, on the command line too. */
const acceptSettings = (): void => undefined;

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
  id: 'typescript',
  languageIds: LANGUAGE_IDS,
  isSettingsFile,
  checkSettings: acceptSettings,
  locate: locateNative,
  initializationOptions: () => ({}),
  // By default it would ask npm for types, over the network.
  configuration: () => ({ reportStyleChecksAsWarnings: false, suggest: { autoImports: false }, disableAutomaticTypeAcquisition: true, tsserver: { automaticTypeAcquisition: { enabled: false } } }),
  diagnostics: 'pull',
  projectInfo: 'custom/projectInfo',
  projectFiles: PROJECT_FILES,
  readyLog: null,
  opensBeforeAsking: true,
  followsWatchEvents: true,
  positions: { countsByteOrderMark: false, endsLinesAtSeparators: false },
  declinesRenameWith: [REQUEST_FAILED],
  effectOfCommand: () => 'unknown',
  ownActions: () => [],
  needsInterpreter: false,
};

/** typescript-language-server over tsserver 6, for workspaces that use TypeScript up to 6 themselves. */
export const typescriptClassic: ServerSpec = {
  id: 'typescript-language-server',
  languageIds: LANGUAGE_IDS,
  isSettingsFile,
  checkSettings: acceptSettings,
  locate: locateClassic,
  initializationOptions: () => ({
    disableAutomaticTypingAcquisition: true,
    tsserver: { path: join(requireServerPackage('typescript').directory, 'lib', 'tsserver.js'), useSyntaxServer: 'never' },
    preferences: { includePackageJsonAutoImports: 'off', includeCompletionsForModuleExports: false },
  }),
  configuration: () => ({}),
  diagnostics: 'tsserver',
  projectInfo: null,
  projectFiles: PROJECT_FILES,
  readyLog: null,
  opensBeforeAsking: true,
  followsWatchEvents: false,
  positions: { countsByteOrderMark: false, endsLinesAtSeparators: true },
  declinesRenameWith: [REQUEST_FAILED, INTERNAL_ERROR],
  effectOfCommand: effectOfClassicCommand,
  ownActions: () => [],
  needsInterpreter: false,
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

function locateNative(): Launch {
  const main = requireServerPackage('typescript-native');
  const system = observeSync({ what: 'system', key: null }, () => ({ platform: process.platform, arch: process.arch }));
  const platform = requireServerPackage(`@typescript/typescript-${system.platform}-${system.arch}`, main.directory);
  const executable = join(platform.directory, 'lib', system.platform === 'win32' ? 'tsc.exe' : 'tsc');
  return {
    command: { executable, args: ['--lsp', '--stdio'] },
    packageName: main.name,
    version: main.version,
    integrity: codeIntegrity([join(main.directory, 'package.json'), executable]),
  };
}

function locateClassic(): Launch {
  const wrapper = requireServerPackage('typescript-language-server');
  const compiler = requireServerPackage('typescript');
  const cli = join(wrapper.directory, 'lib', 'cli.mjs');
  return {
    command: { executable: process.execPath, args: [cli, '--stdio'] },
    packageName: wrapper.name,
    version: `${wrapper.version}+typescript.${compiler.version}`,
    integrity: codeIntegrity([join(wrapper.directory, 'package.json'), cli, join(compiler.directory, 'package.json'), join(compiler.directory, 'lib', 'typescript.js')]),
  };
}
