import { identifiersIn } from '../../base/identifiers.js';

/** An import or re-export, as a text has it. */
export interface ImportStatement {
  /** How many folders up the path starts, from 1 for the importing file's own; 0 for a path that is not relative. */
  readonly up: number;
  readonly parts: readonly string[];
  /** The names that it takes from there, and other words of it. */
  readonly names: ReadonlySet<string>;
  /** True when it takes the module as a whole, so that any of its names may be used. */
  readonly isWhole: boolean;
  /** True when it takes every name of the module. */
  readonly takesAll: boolean;
}

/** How files of TypeScript or JavaScript, and of Python, end. */
export const SCRIPT = /(?:\.d)?\.[cm]?[jt]sx?$/u;
export const PYTHON = /\.pyi?$/u;
const NONE: ReadonlySet<string> = new Set();

/** Reads the statements of Python, TypeScript and JavaScript that name another module, and what looks like one: Java's, for example. */
export function importStatements(text: string): ImportStatement[] {
  return [...pythonStatements(text), ...scriptStatements(text)];
}

/** A file that may import from another one. */
export interface Importer {
  readonly path: string;
  readonly imports: readonly ImportStatement[];
  /** Every word of it, and those that stand behind a dot. */
  readonly words: ReadonlySet<string>;
  readonly members: ReadonlySet<string>;
}

/** Says of folders whether they are packages. */
type IsPackage = (folder: string) => boolean;

/** True when the file may import `name` from the file `from`, or that file as a whole and use the name. */
export function mayTake(importer: Importer, name: string, from: string, isPackage: IsPackage): boolean {
  const ofModule = !PYTHON.test(from) || importer.members.has(name);
  return importer.words.has(name) && takesFrom(importer, from, isPackage, { ofModule, isWanted: ({ names, isWhole, takesAll }) => takesAll || names.has(name) || (isWhole && ofModule) });
}

/** The words of which every statement that imports from a file has one, but for relative ones inside the folder that the file stands for, which is null for most. */
export function importWords(path: string): { readonly words: readonly string[]; readonly folder: string | null } {
  const [own = '', folder = null] = namesOf(path);
  return { words: [own, folder ?? own].flatMap((module) => [...identifiersIn(lastOf(module))]), folder };
}

/** True when the file may import anything from the file `from`. */
export function mayImport(importer: Importer, from: string, isPackage: IsPackage): boolean {
  return takesFrom(importer, from, isPackage, { ofModule: true, isWanted: () => true });
}

/** What a file takes from a file of Python. */
export interface TakenNames {
  /** The names that it takes from there, and other words of those statements. */
  readonly names: ReadonlySet<string>;
  /** True when it takes the file itself, too, by its name from the package that it is in. */
  readonly takesModule: boolean;
}

/** What a file takes from the file of Python `from`; null when it may have that in another way, and so any name of it. */
export function namesTaken({ path, imports }: Importer, from: string, isPackage: IsPackage): TakenNames | null {
  const names = new Set<string>();
  let takesModule = false;
  for (const statement of imports) {
    const importer = { path, imports: [statement], words: NONE, members: NONE };
    const isOfModule = takesFrom(importer, from, isPackage, { ofModule: false, isWanted: () => true });
    if (!isOfModule && takesFrom(importer, from, isPackage, { ofModule: true, isWanted: () => false })) {
      if (statement.isWhole || statement.names.has('as')) return null;
      takesModule = true;
    }
    if (!isOfModule) continue;
    // A package has the module beside it from which it takes something.
    if (statement.isWhole || statement.takesAll || (statement.up === 1 && /(?:^|\/)__init__\.pyi?$/u.test(path))) return null;
    for (const name of statement.names) names.add(name);
  }
  return { names, takesModule };
}

interface Wanted {
  readonly isWanted: (statement: ImportStatement) => boolean;
  /** Whether a module that is taken by its name counts. */
  readonly ofModule: boolean;
}

function takesFrom({ path, imports }: Importer, from: string, isPackage: IsPackage, { isWanted, ofModule }: Wanted): boolean {
  const modules = namesOf(from);
  return imports.some((statement) => {
    const { up, parts, names } = statement;
    const isFrom = (taken: readonly string[]): boolean => modules.some((module) => isModule({ up, parts: taken }, module, { path, isPython: PYTHON.test(from), isPackage }));
    if (isWanted(statement) && isFrom(parts)) return true;
    // In Python a name may be that of a module, too.
    return ofModule && PYTHON.test(from) && modules.some((module) => names.has(lastOf(module)) && isFrom([...parts, lastOf(module)]));
  });
}

interface Side {
  readonly path: string;
  readonly isPython: boolean;
  readonly isPackage: IsPackage;
}

function isModule({ up, parts }: Pick<ImportStatement, 'up' | 'parts'>, module: string, { path, isPython, isPackage }: Side): boolean {
  if (up > 0) return module === [...path.split('/').slice(0, -up), ...parts].join('/');
  if (!isPython) {
    // What an alias or a package stands for is left open.
    const words = identifiersIn(parts.at(-1) ?? '');
    return [...identifiersIn(lastOf(module))].some((word) => words.has(word));
  }
  const own = module.split('/').map((part) => part.replace(/-stubs$/u, ''));
  const shared = Math.min(own.length, parts.length);
  if (own.slice(own.length - shared).join('/') !== parts.slice(parts.length - shared).join('/')) return false;
  // What lies in a package has its name in front, but for those beside and below it.
  const root = own.slice(0, own.length - shared).join('/');
  return root === '' || path.startsWith(`${root}/`) || !isPackage(root);
}

/** The last name of a path. */
export function lastOf(module: string): string {
  return module.slice(module.lastIndexOf('/') + 1);
}

/** The paths by which a file is imported: its own and, for the file that stands for a folder, the folder's. */
function namesOf(path: string): string[] {
  const own = path.replace(SCRIPT, '').replace(/\.\w+$/u, '');
  return /(?:^|\/)(?:__init__|index)$/u.test(own) ? [own, own.split('/').slice(0, -1).join('/')] : [own];
}

const PYTHON_FROM = /(?:^|[;:])[ \t]*from[ \t]+(\.*)[ \t]*([\p{L}\p{N}_.]*)[ \t]*\bimport\b[ \t]*(\((?:#[^\n]*|[^)#])*\)?|(?:[^\n\\;]|\\\r?\n)*)/gmu;
const PYTHON_IMPORT = /(?:^|[;:])[ \t]*import[ \t]+(?:static[ \t]+)?((?:[\p{L}\p{N}_.*, \t]|\\\r?\n)+)(?=$|[;#\r])/gmu;

function pythonStatements(text: string): ImportStatement[] {
  const from = [...text.matchAll(PYTHON_FROM)].map(([, dots = '', module = '', rest = '']) => ({
    up: dots.length,
    parts: module.split('.').filter((part) => part !== ''),
    names: identifiersIn(rest.replace(/#[^\n]*/gu, '')),
    isWhole: false,
    takesAll: rest.includes('*'),
  }));
  const whole = [...text.matchAll(PYTHON_IMPORT)].flatMap(([, modules = '']) =>
    modules.split(',').flatMap((module) => {
      const parts = (/[\p{L}\p{N}_.]+/u.exec(module)?.[0] ?? '').split('.').filter((part) => part !== '');
      return parts.map((_, index) => ({ up: 0, parts: parts.slice(0, index + 1), names: NONE, isWhole: true, takesAll: false }));
    }),
  );
  return [...from, ...whole];
}

const SCRIPT_FROM = /\bfrom\s*(['"])([^'"\n]+)\1/gu;
const SCRIPT_WHOLE = /\b(?:(?:import|require)\s*\(\s*|import\s*)(['"`])([^'"`\n]+)\1/gu;

function scriptStatements(text: string): ImportStatement[] {
  const keywords = [...text.matchAll(/\b(?:import|export)\b/gu)].map(({ index }) => index + 'import'.length);
  const from = [...text.matchAll(SCRIPT_FROM)].map(({ 2: module = '', index }) => {
    const start = keywords.findLast((end) => end <= index);
    const taken = start === undefined ? '' : text.slice(start, index).replace(/^\s*type\b/u, '');
    return { ...scriptPath(module), names: identifiersIn(taken), isWhole: taken.includes('*') || /^\s*[\p{L}_$]/u.test(taken), takesAll: false };
  });
  return [...from, ...[...text.matchAll(SCRIPT_WHOLE)].map(({ 2: module = '' }) => ({ ...scriptPath(module), names: NONE, isWhole: true, takesAll: false }))];
}

function scriptPath(module: string): Pick<ImportStatement, 'up' | 'parts'> {
  const segments = module.replace(SCRIPT, '').split('/').filter((segment) => segment !== '' && segment !== '.');
  const parts = segments.filter((segment) => segment !== '..');
  return { up: module.startsWith('.') ? segments.length - parts.length + 1 : 0, parts };
}
