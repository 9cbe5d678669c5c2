import { join } from 'node:path';
import { codeIntegrity, requireServerPackage } from './server-package.js';
import type { Launch, ServerSpec } from './server-spec.js';

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
  needsInterpreter: false,
};

function locateNative(): Launch {
  const main = requireServerPackage('typescript-native');
  const platform = requireServerPackage(`@typescript/typescript-${process.platform}-${process.arch}`, main.directory);
  const executable = join(platform.directory, 'lib', process.platform === 'win32' ? 'tsc.exe' : 'tsc');
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
