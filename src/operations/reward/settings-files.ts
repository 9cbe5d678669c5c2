import { parse as parseToml } from 'smol-toml';
import { canonicalJson } from '../../base/canonical-json.js';
import { IMPORT_CYCLES } from '../../reward/focus.js';
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
  return saysAnyOf(view, ['extends']);
}

/** True when a Python checker may report which files import one another in a circle, in each of them. */
export async function mayReportCycles(view: TreeView): Promise<boolean> {
  return saysAnyOf(view, ['extends', IMPORT_CYCLES]);
}

async function saysAnyOf(view: TreeView, words: readonly string[]): Promise<boolean> {
  const texts = await Promise.all(['pyrightconfig.json', 'pyproject.toml'].map((path) => view.text(path)));
  return texts.some((text) => words.some((word) => text?.includes(word) === true));
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
