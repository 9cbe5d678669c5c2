import { join } from 'node:path';
import { namesIn } from '../files.js';
import { PLAIN_SERVER } from '../plain-server.js';
import { byProgram } from '../program-server.js';
import { checkPyrightSettings, pyrightLeavesOut, pyrightSettings } from '../python-settings.js';
import { codeIntegrity, requireServerPackage } from '../server-package.js';
import { isInStep, type Launch, type LaunchContext, type ServerSpec } from '../server-spec.js';

const ORGANIZE_IMPORTS = 'pyright.organizeimports';

/** What makes the server see what its command line sees. */
const ANALYSIS = { autoSearchPaths: true, useLibraryCodeForTypes: true, diagnosticMode: 'workspace', logLevel: 'Information', autoImportCompletions: false } as const;

/** pyright, told the same as its command line assumes (`autoSearchPaths`, library code, the whole workspace). */
export const pyright: ServerSpec = {
  ...PLAIN_SERVER,
  id: 'pyright',
  role: 'checker',
  languageIds: { '.py': 'python', '.pyi': 'python' },
  install: 'it comes with assay: npm ci in its folder',
  programs: [],
  // Settings may extend any other file of these kinds; the last two choose the Python on PATH that pyenv and asdf run.
  isSettingsFile: (path) => /(\.json|\.toml|(^|\/)(pyvenv\.cfg|\.python-version|\.tool-versions))$/.test(path),
  settingsOf: pyrightSettings,
  checkSettings: checkPyrightSettings,
  locate: locatePyright,
  initializationOptions: () => ({}),
  configuration(section, _context, pythonPath = null) {
    return section === 'python' ? { ...(pythonPath === null ? {} : { pythonPath }), analysis: ANALYSIS } : {};
  },
  sections: ['python'],
  diagnostics: 'pull',
  directives: ['type: ignore', 'pyright: ignore', 'pyright:'],
  // It hears of files that it includes only, and looks for stubs and for a source folder once, at its start.
  toldBy(moved, included) {
    if (moved.some((path) => /(^|\/)(typings|[^/]*-stubs)\//.test(path) || /^src\/__init__\.pyi?$/.test(path))) return null;
    const inSource = moved.some((path) => path.startsWith('src/'));
    return included.find((path) => !inSource || path.startsWith('src/')) ?? null;
  },
  libraryFolders() {
    const typeshed = join(requireServerPackage('pyright').directory, 'dist/typeshed-fallback');
    return [join(typeshed, 'stdlib'), ...namesIn(join(typeshed, 'stubs')).map((name) => join(typeshed, 'stubs', name))];
  },
  ready: { kind: 'log', pattern: /^(Found \d+ source files?|No source files found)/ },
  leavesOutWithoutResultId: true,
  // It answers for every file that it has read, also when its settings leave it out and another one imports it.
  leavesOut(workspaceRoot, configuration) {
    const told = configuration('python') as { readonly analysis?: Readonly<Record<string, unknown>> };
    return pyrightLeavesOut(workspaceRoot, told.analysis ?? {});
  },
  opensBeforeAsking: false,
  seesMoreWhenOpen: true,
  keepsOldFindings: true,
  findsLibraryUsesByChance: true,
  positions: { countsByteOrderMark: true, endsLinesAtSeparators: false },
  declinesRenameWith: [],
  // Its other commands write type stubs to the disk, or restart it.
  effectOfCommand: ({ command }) => (command === ORGANIZE_IMPORTS ? 'edit' : 'unknown'),
  // Its editor extension has a command of its own for this.
  ownActions: (fileUri) => [{ title: 'Organize Imports', kind: 'source.organizeImports', command: { command: ORGANIZE_IMPORTS, arguments: [fileUri] } }],
  needsInterpreter: true,
};

/** A fork of pyright with more rules, which are on unless its settings say otherwise. Its own sections hold its settings. */
export const basedpyright: ServerSpec = {
  ...pyright,
  id: 'basedpyright',
  role: 'alternative',
  install: 'npm install -g basedpyright, or pip install basedpyright',
  settingsOf: PLAIN_SERVER.settingsOf,
  toldBy: PLAIN_SERVER.toldBy,
  // What it leaves out besides is not the same in all its versions.
  leavesOut: PLAIN_SERVER.leavesOut,
  libraryFolders: PLAIN_SERVER.libraryFolders,
  ...byProgram({ names: ['basedpyright-langserver'], args: ['--stdio'], npm: 'basedpyright', versionArguments: null }),
  configuration(section, _context, pythonPath = null) {
    if (section === 'python') return pythonPath === null ? {} : { pythonPath };
    return section === 'basedpyright' ? { analysis: ANALYSIS } : {};
  },
  sections: ['python', 'basedpyright'],
  effectOfCommand: PLAIN_SERVER.effectOfCommand,
  ownActions: PLAIN_SERVER.ownActions,
};

/**
 * Room for what a server that hears of one change after the other works out anew each time: pyright forgets all types whenever a text changes, and moving
 * them about until then takes a sixth of its time without this. It costs some 100 MiB; one that is asked a few questions gains nothing by it.
 */
const ROOM_FOR_CHANGES = ['--min-semi-space-size=64', '--max-semi-space-size=64'];

function locatePyright(context: LaunchContext): Launch {
  const { name, version, directory } = requireServerPackage('pyright');
  return {
    command: { executable: process.execPath, args: [...(isInStep(context) ? ROOM_FOR_CHANGES : []), join(directory, 'langserver.index.js'), '--stdio'] },
    packageName: name,
    version: () => Promise.resolve(version),
    integrity: () => codeIntegrity(['package.json', 'dist/pyright-internal.js', 'dist/vendor.js'].map((file) => join(directory, file))),
    origin: 'assay',
  };
}
