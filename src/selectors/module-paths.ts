import type { PositionSpec } from '../base/position-spec.js';
import { languageOf, languagesOfScheme } from './languages.js';

export type ModuleResolution =
  | { readonly kind: 'found'; readonly path: string }
  | { readonly kind: 'ambiguous'; readonly paths: readonly string[] }
  | { readonly kind: 'notFound'; readonly reason: string };

/** In the order in which Python itself would prefer them; a stub only where there is no code. */
const PYTHON_ENDINGS = ['/__init__.py', '.py', '/__init__.pyi', '.pyi'];

/**
 * Returns the file that `spec` is about. A path stands for itself. A Python module is looked for from the workspace
 * root, then from `src`, then from every other folder that is no package itself; a module that two of those hold
 * equally well is ambiguous.
 */
export function modulePath(spec: PositionSpec, paths: ReadonlySet<string>): ModuleResolution {
  switch (spec.kind) {
    case 'cursor':
    case 'range':
    case 'anchor':
      return existing(spec.path, paths);
    case 'ast':
      return spec.root.kind === 'file' || isPath(spec.root.name, paths) ? existing(spec.root.name, paths) : pythonModule(spec.root.name, paths);
    case 'symbolic':
      if (spec.scheme === 'py') return pythonModule(spec.module, paths);
      return spec.language === undefined ? existing(spec.module, paths) : withoutExtension(spec.module, spec.language, paths);
  }
}

/** Returns the dotted name that Python imports the file by and that `modulePath` takes back to it, or null. */
export function pythonModuleOf(path: string, paths: ReadonlySet<string>): string | null {
  const module = path.replace(/\.pyi?$/, '').replace(/\/__init__$/, '');
  const parts = module.split('/');
  let from = parts.length - 1;
  while (from > 0 && isPackage(parts.slice(0, from).join('/'), paths)) from -= 1;
  const dotted = parts.slice(from);
  // Without an __init__.py above it, a module in a folder may belong to a namespace package: the whole path, or that below src.
  for (const candidate of [dotted, parts[0] === 'src' ? parts.slice(1) : parts]) {
    if (candidate.length === 0 || !candidate.every((part) => /^[\p{ID_Start}_]\p{ID_Continue}*$/u.test(part))) continue;
    const name = candidate.join('.');
    const found = pythonModule(name, paths);
    if (found.kind === 'found' && found.path === path) return name;
  }
  return null;
}

function existing(path: string, paths: ReadonlySet<string>): ModuleResolution {
  const normal = path.replace(/^(\.\/)+/, '');
  return paths.has(normal) ? { kind: 'found', path: normal } : { kind: 'notFound', reason: `there is no file ${path} in the workspace` };
}

function isPath(name: string, paths: ReadonlySet<string>): boolean {
  return paths.has(name) || (name.includes('/') && languageOf(name) !== null);
}

function withoutExtension(module: string, scheme: string, paths: ReadonlySet<string>): ModuleResolution {
  const spelled = languagesOfScheme(scheme).flatMap((language) => language.extensions);
  const found = [module, ...spelled.map((extension) => module + extension)].find((path) => paths.has(path));
  return found === undefined ? { kind: 'notFound', reason: `there is no file ${module} (${spelled.join(', ')}) in the workspace` } : { kind: 'found', path: found };
}

function pythonModule(module: string, paths: ReadonlySet<string>): ModuleResolution {
  const stem = module.replaceAll('.', '/');
  for (const root of ['', 'src/']) {
    const ending = PYTHON_ENDINGS.find((suffix) => paths.has(root + stem + suffix));
    if (ending !== undefined) return { kind: 'found', path: root + stem + ending };
  }
  const byRoot = new Map<string, string>();
  for (const ending of PYTHON_ENDINGS) {
    const suffix = `/${stem}${ending}`;
    for (const path of paths) {
      if (!path.endsWith(suffix)) continue;
      const root = path.slice(0, -suffix.length);
      if (!isPackage(root, paths) && !byRoot.has(root)) byRoot.set(root, path);
    }
  }
  const found = [...byRoot.values()].sort((a, b) => a.split('/').length - b.split('/').length || (a < b ? -1 : 1));
  const [first] = found;
  if (first === undefined) return { kind: 'notFound', reason: `there is no Python module ${module} in the workspace` };
  const depth = first.split('/').length;
  const equal = found.filter((path) => path.split('/').length === depth);
  return equal.length === 1 ? { kind: 'found', path: first } : { kind: 'ambiguous', paths: equal };
}

function isPackage(folder: string, paths: ReadonlySet<string>): boolean {
  return paths.has(`${folder}/__init__.py`) || paths.has(`${folder}/__init__.pyi`);
}
