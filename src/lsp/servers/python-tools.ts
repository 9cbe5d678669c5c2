import { Failure } from '../../base/failure.js';
import { virtualEnvironments } from '../interpreter.js';
import { PLAIN_SERVER } from '../plain-server.js';
import { byProgram, locateProgram, type Program } from '../program-server.js';
import type { LaunchContext, ServerSpec } from '../server-spec.js';
import { pyright } from './pyright.js';

const base = {
  ...PLAIN_SERVER,
  languageIds: pyright.languageIds,
  isSettingsFile: (path: string) => /(^|\/)([^/]*\.toml|pyvenv\.cfg|setup\.cfg|\.python-version|\.tool-versions)$/.test(path),
  initializationOptions: () => ({}),
  diagnostics: 'pull',
  opensChangedFiles: true,
  seesMoreWhenOpen: true,
} as const;

/** Ruff's linter. It knows one file at a time and answers diagnostics only, so it stands beside a checker and not in its place. */
export const ruff: ServerSpec = {
  ...base,
  id: 'ruff',
  role: 'linter',
  install: 'pip install ruff, with its folder on PATH',
  ...byProgram({ names: ['ruff'], args: ['server'], versionArguments: ['--version'] }),
  configuration: () => null,
  sections: [],
};

/** Astral's type checker. It reads a virtual environment and does not execute its python. */
export const ty: ServerSpec = {
  ...base,
  id: 'ty',
  role: 'alternative',
  install: 'pip install ty, with its folder on PATH',
  ...byProgram({ names: ['ty'], args: ['server'], versionArguments: ['--version'] }),
  configuration: (section) => (section === 'ty' ? TY_SETTINGS : null),
  sections: ['ty'],
};

const TY_SETTINGS = { diagnosticMode: 'openFilesOnly', completions: { autoImport: false } } as const;

const PYREFLY: Program = { names: ['pyrefly'], args: ['lsp'], versionArguments: ['--version'] };

/** Meta's type checker. It executes the python of a virtual environment that it finds, so such a workspace needs trust. */
export const pyrefly: ServerSpec = {
  ...base,
  id: 'pyrefly',
  role: 'alternative',
  install: 'pip install pyrefly, with its folder on PATH',
  programs: PYREFLY.names,
  locate: (context) => {
    refuseUntrustedPython(context);
    return locateProgram(PYREFLY, context);
  },
  configuration: (section) => (section === 'python' ? PYREFLY_SETTINGS : null),
  sections: ['python'],
  // It reads changed files in its own time: after an edit on disk, definition led to the old line (pyrefly 1.4.1).
  followsWatchEvents: false,
  opensChangedFiles: false,
};

const PYREFLY_SETTINGS = { pyrefly: { displayTypeErrors: 'force-on' } } as const;

function refuseUntrustedPython({ homeRoot, trust }: LaunchContext): void {
  const untrusted = virtualEnvironments(homeRoot).find(({ digest }) => digest !== null && !trust.has(digest));
  if (untrusted === undefined) return;
  throw new Failure('E/FS_PERMISSIONS', `pyrefly would execute the python of ${untrusted.name}, which is not trusted`, {
    hint: 'Nothing of the workspace was executed. assay init --trust allows it; pyright reads a virtual environment without executing anything.',
    details: { server: 'pyrefly' },
  });
}
