/** Which servers answer, and with what, as the files of the world say it. */
export interface Servers {
  /** What `.python-version` names. */
  readonly python: '3.11' | '3.13';
  /** The server that assay.json chooses; null when it chooses none. */
  readonly typescript: 'typescript-language-server' | null;
  /** True when assay.json gives pyright a further folder to import from, for which it needs trust. */
  readonly hasExtraPath: boolean;
  /** What was pinned; null when nothing is. */
  readonly pinned: { readonly hasExtraPath: boolean } | null;
}

/** Files of Python, never changed, whose diagnostics depend on that. */
export const SERVER_FILES: Readonly<Record<string, string>> = {
  'extra/hidden.py': 'def value() -> str:\n    return "ab"\n',
  'extra.py': 'from hidden import value\nx: int = value()\n',
  'versioned.py': 'import sys\nif sys.version_info >= (3, 12):\n    x: int = "ab"\n',
};

/** Returns `before`, the text of assay.json or null, with the servers chosen and configured; its pins stay where `servers` has some. */
export function configuredText(before: string | null, { typescript, hasExtraPath, pinned }: Servers): string {
  const { pins } = JSON.parse(before ?? '{}') as { pins?: unknown };
  const pyright = { settings: { python: { analysis: { extraPaths: ['extra'] } } } };
  const use = typescript === null ? {} : { use: { typescript } };
  return `${JSON.stringify({ version: 1, ...use, ...(hasExtraPath ? { servers: { pyright } } : {}), ...(pinned === null ? {} : { pins }) }, null, 2)}\n`;
}

/** A python as pyenv puts it on PATH: the version is that of the folder it is called in. It says what assay asks of one, whatever it is asked. */
export const PYTHON_SHIM = `#!/bin/sh
read -r version < .python-version
printf '["CPython","%s.0",[],[],"/nowhere",[3,%s,0,"final",0]]\\n' "$version" "\${version#3.}"
`;
