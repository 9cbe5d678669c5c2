import { join } from 'node:path';
import { checkPyrightSettings } from './python-settings.js';
import { codeIntegrity, requireServerPackage } from './server-package.js';
import type { Launch, ServerSpec } from './server-spec.js';

const ORGANIZE_IMPORTS = 'pyright.organizeimports';

/** pyright, told the same as its command line assumes (`autoSearchPaths`, library code, the whole workspace). */
export const pyright: ServerSpec = {
  id: 'pyright',
  languageIds: { '.py': 'python', '.pyi': 'python' },
  // Settings may extend any other file of these kinds.
  isSettingsFile: (path) => /(\.json|\.toml|(^|\/)pyvenv\.cfg)$/.test(path),
  checkSettings: checkPyrightSettings,
  locate: locatePyright,
  initializationOptions: () => ({}),
  configuration(section, _context, pythonPath = null) {
    if (section !== 'python') return {};
    return {
      ...(pythonPath === null ? {} : { pythonPath }),
      analysis: { autoSearchPaths: true, useLibraryCodeForTypes: true, diagnosticMode: 'workspace', logLevel: 'Information', autoImportCompletions: false },
    };
  },
  diagnostics: 'pull',
  projectInfo: null,
  projectFiles: null,
  readyLog: /^(Found \d+ source files?|No source files found)/,
  opensBeforeAsking: false,
  followsWatchEvents: true,
  positions: { countsByteOrderMark: true, endsLinesAtSeparators: false },
  declinesRenameWith: [],
  // Its other commands write type stubs to the disk, or restart it.
  effectOfCommand: ({ command }) => (command === ORGANIZE_IMPORTS ? 'edit' : 'unknown'),
  // Its editor extension has a command of its own for this.
  ownActions: (fileUri) => [{ title: 'Organize Imports', kind: 'source.organizeImports', command: { command: ORGANIZE_IMPORTS, arguments: [fileUri] } }],
  needsInterpreter: true,
};

function locatePyright(): Launch {
  const { name, version, directory } = requireServerPackage('pyright');
  return {
    command: { executable: process.execPath, args: [join(directory, 'langserver.index.js'), '--stdio'] },
    packageName: name,
    version,
    integrity: codeIntegrity(['package.json', 'dist/pyright-internal.js', 'dist/vendor.js'].map((file) => join(directory, file))),
  };
}
