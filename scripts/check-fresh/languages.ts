/** A value's type, as an index: the texts of all three have one length, so that an edit may leave a file's size alone. */
export type TypeIndex = 0 | 1 | 2;

export interface ModuleState {
  readonly type: TypeIndex;
  /** Comment lines on top. */
  readonly lead: number;
}

/** What one language of the small world looks like on disk, and what its checker says about it. */
export interface Language {
  readonly name: string;
  readonly modulePath: (index: number) => string;
  readonly moduleText: (index: number, state: ModuleState) => string;
  readonly usePath: (index: number) => string;
  readonly useText: (index: number, state: ModuleState) => string;
  readonly dependentPath: (index: number) => string;
  readonly dependentText: (index: number) => string;
  /** The files of an installed package, below the folder that packages lie in. */
  readonly packageFiles: (index: number, type: TypeIndex) => Readonly<Record<string, string>>;
  /** Settings; `level` is one of three. */
  readonly settings: (level: TypeIndex) => Readonly<Record<string, string>>;
  readonly missing: string;
  /** `rule severity` of a value of the wrong type under these settings; null when they do not ask for it. */
  readonly mismatch: (level: TypeIndex) => string | null;
  /** What the settings make of a use file that is otherwise right, one line below the use. */
  readonly extra: (level: TypeIndex) => string | null;
}

const lead = (mark: string, lines: number): string => `${mark}\n`.repeat(lines);

const PYTHON_TYPES = ['int', 'str', 'set'] as const;
const PYTHON_VALUES = ['1234', '"ab"', '{12}'] as const;
const SEVERITIES = ['error', 'warning', null] as const;

export const python: Language = {
  name: 'python',
  modulePath: (index) => `m${String(index)}.py`,
  moduleText: (index, { type, lead: lines }) => `${lead('#', lines)}def f${String(index)}() -> ${PYTHON_TYPES[type]}:\n    return ${PYTHON_VALUES[type]}\n`,
  usePath: (index) => `use${String(index)}.py`,
  useText: (index, { type, lead: lines }) => `${lead('#', lines)}from m${String(index)} import f${String(index)}\nx: ${PYTHON_TYPES[type]} = f${String(index)}()\n`,
  dependentPath: (index) => `dependent${String(index)}.py`,
  dependentText: (index) => `from package${String(index)} import value\nx: int = value()\n`,
  packageFiles: (index, type) => ({
    [`package${String(index)}/__init__.py`]: `def value() -> ${PYTHON_TYPES[type]}:\n    return ${PYTHON_VALUES[type]}\n`,
    [`package${String(index)}/py.typed`]: '',
  }),
  settings: (level) => ({ 'pyrightconfig.json': JSON.stringify({ reportAssignmentType: SEVERITIES[level] ?? 'none', venvPath: '.', venv: '.venv' }) }),
  missing: 'reportMissingImports error',
  mismatch: (level) => (SEVERITIES[level] === null ? null : `reportAssignmentType ${SEVERITIES[level]}`),
  extra: () => null,
};

const SCRIPT_TYPES = ['number', 'string', 'symbol'] as const;
const SCRIPT_VALUES = ['1234567', "'abcde'", 'theirs.'] as const;

export const typescript: Language = {
  name: 'typescript',
  modulePath: (index) => `web/m${String(index)}.ts`,
  moduleText: (index, { type, lead: lines }) => `${lead('//', lines)}export declare function f${String(index)}(): ${SCRIPT_TYPES[type]};\n// ${SCRIPT_VALUES[type]}\n`,
  usePath: (index) => `web/use${String(index)}.ts`,
  useText: (index, { type, lead: lines }) => `${lead('//', lines)}import { f${String(index)} } from './m${String(index)}';\nexport const x: ${SCRIPT_TYPES[type]} = f${String(index)}();\nconst unused = 1;\n`,
  dependentPath: (index) => `web/dependent${String(index)}.ts`,
  dependentText: (index) => `import { value } from 'package${String(index)}';\nexport const x: number = value();\n`,
  packageFiles: (index, type) => ({
    [`package${String(index)}/package.json`]: JSON.stringify({ name: `package${String(index)}`, version: '1.0.0', types: 'index.d.ts' }),
    [`package${String(index)}/index.d.ts`]: `export declare function value(): ${SCRIPT_TYPES[type]};\n`,
  }),
  settings: (level) => ({ 'web/tsconfig.json': JSON.stringify({ compilerOptions: { strict: true, noEmit: true, module: 'esnext', moduleResolution: 'bundler', types: [], noUnusedLocals: level === 1, skipLibCheck: level === 2 } }) }),
  missing: '2307 error',
  mismatch: () => '2322 error',
  extra: (level) => (level === 1 ? '6133 error' : null),
};
