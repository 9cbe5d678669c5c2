import { uriFromPath } from '../../base/relative-uri.js';
import { parseStructure } from '../../selectors/structure.js';
import { symbolIdOf } from '../../selectors/symbol-id.js';
import type { RenamedEdit } from './renamed-edit.js';
import type { RenameFiles } from './rename-files.js';

/** A declaration whose `symbolId` an edit changes. */
export interface RenamedSymbol {
  readonly uri: string;
  readonly before: string;
  readonly after: string;
}

/** Returns the declarations that get another id: the renamed ones and what is inside them. A rename keeps their number and order. */
export async function renamedSymbols(files: RenameFiles, { texts }: RenamedEdit): Promise<RenamedSymbol[]> {
  const renamed: RenamedSymbol[] = [];
  for (const [path, text] of texts) {
    const before = (await files.read(path)).structure;
    const after = await parseStructure(path, text.after.text);
    if (before === null || after?.declarations.length !== before.declarations.length) continue;
    for (const [index, declaration] of before.declarations.entries()) {
      const now = after.declarations[index];
      if (now === undefined || declaration.kind === 'module') continue;
      const ids = { before: symbolIdOf(declaration, before), after: symbolIdOf(now, after) };
      if (ids.before !== ids.after) renamed.push({ uri: uriFromPath(path), ...ids });
    }
  }
  return renamed;
}
