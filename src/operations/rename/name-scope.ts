import type { Location } from '../../base/location.js';
import { compareRanges } from '../../base/range.js';
import { pathFromUri } from '../../base/relative-uri.js';
import { pythonModuleOf } from '../../selectors/module-paths.js';
import type { NameScope } from './mentions.js';
import { classOfMember } from './python-overrides.js';
import type { RenameFiles } from './rename-files.js';

/** Returns from where a declaration can be named, by the first of `definitions` that is in the workspace. */
export async function scopeOf(files: RenameFiles, definitions: readonly Location[]): Promise<NameScope> {
  const found = definitions.find(({ uri }) => !uri.startsWith('ext:') && files.has(pathFromUri(uri)));
  if (found === undefined) return 'module';
  const path = pathFromUri(found.uri);
  const { structure, document } = await files.read(path);
  const token = await files.tokenAt(path, found.range);
  if (token !== null && /property_identifier|string/.test(token.type)) return 'member';
  if (token !== null && /parameter/.test(token.parentType)) return 'parameter';
  if (structure?.language === 'python' && classOfMember(structure, document, found.range) !== null) return 'member';
  const declaration = structure?.declarations.find((item) => compareRanges(item.nameRange, found.range) === 0);
  if (declaration === undefined) return 'local';
  return declaration.qualname.length === 1 ? 'module' : 'member';
}

/** Returns the dotted paths by which other programs may name the declarations: from the module on, and from each part of it on. */
export async function dottedNames(files: RenameFiles, definitions: readonly Location[]): Promise<string[]> {
  const names = new Set<string>();
  const paths = new Set(files.snapshot.files.keys());
  for (const { uri, range } of definitions) {
    const path = pathFromUri(uri);
    if (uri.startsWith('ext:') || !files.has(path)) continue;
    const { structure } = await files.read(path);
    const declaration = structure?.declarations.find((item) => compareRanges(item.nameRange, range) === 0);
    if (declaration === undefined) continue;
    const parts = [...(pythonModuleOf(path, paths)?.split('.') ?? []), ...declaration.qualname];
    for (let from = 0; from < parts.length - 1; from += 1) names.add(parts.slice(from).join('.'));
  }
  return [...names];
}
