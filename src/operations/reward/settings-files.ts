import { parse as parseToml } from 'smol-toml';
import { canonicalJson } from '../../base/canonical-json.js';
import type { ParsedFile, TouchedFile, TreeView } from './step-files.js';

/**
 * Returns the touched files that hold the settings of a checker and that the step changed as such. A pyproject.toml counts
 * only when its `[tool.pyright]` or `[tool.basedpyright]` table differs.
 */
export function changedSettings(files: readonly TouchedFile[]): TouchedFile[] {
  return files.filter((file) => {
    const path = file.after?.path ?? file.before?.path ?? '';
    if (/(^|\/)(pyrightconfig\.json|(ts|js)config[^/]*\.json)$/.test(path)) return true;
    if (file.before !== null && /(^|\/)(pyrightconfig\.json|(ts|js)config[^/]*\.json)$/.test(file.before.path)) return true;
    return /(^|\/)pyproject\.toml$/.test(path) && checkerTables(file.before) !== checkerTables(file.after);
  });
}

/** True when the settings of a Python checker may be continued in other files. */
export async function extendOthers(view: TreeView): Promise<boolean> {
  const texts = await Promise.all(['pyrightconfig.json', 'pyproject.toml'].map((path) => view.text(path)));
  return texts.some((text) => text?.includes('extends') === true);
}

/** The tables in canonical form; the whole text when it is no TOML, so that any change of it counts. */
function checkerTables(file: ParsedFile | null): string {
  if (file === null) return 'null';
  try {
    const tool = (parseToml(file.text)['tool'] ?? {}) as Record<string, unknown>;
    return canonicalJson(JSON.parse(JSON.stringify([tool['pyright'] ?? null, tool['basedpyright'] ?? null])));
  } catch {
    return file.text;
  }
}
