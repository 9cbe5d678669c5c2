import { lineMapping } from '../../base/line-diff.js';
import type { Location } from '../../base/location.js';
import type { Range } from '../../base/range.js';
import { pathFromUri, uriFromPath } from '../../base/relative-uri.js';
import { TextDocument } from '../../base/text-document.js';
import { locations } from '../../lsp/navigation.js';
import type { DanglingReference } from '../../reward/step-facts.js';
import type { ReferencedDeclaration } from './dependents.js';
import type { ShadowLab } from './shadow-lab.js';
import type { TouchedFile, TreeView, SpecOf } from './step-files.js';

/**
 * Returns the references to removed declarations that the step left standing: their line is unchanged, and after the step
 * the server knows no definition for them. The lab must show the tree after the step.
 */
export async function findDanglingReferences(
  lab: ShadowLab,
  after: TreeView,
  specOf: SpecOf,
  files: readonly TouchedFile[],
  referenced: readonly ReferencedDeclaration[],
): Promise<DanglingReference[]> {
  const follow = followLines(after, files);
  const dangling = new Map<string, DanglingReference>();
  for (const { symbol, references } of referenced.filter((item) => item.change === 'removed')) {
    for (const reference of references) {
      const now = follow(reference);
      const spec = now === null ? null : specOf(now.path);
      if (now === null || spec === null) continue;
      const [line, character] = now.range;
      const definitions = await lab.navigate(spec, (session) => locations(session, 'definition', now.path, { line, character }));
      const uri = uriFromPath(now.path);
      if (definitions.length === 0) dangling.set(`${uri}@${now.range.join(',')}`, { uri, range: now.range, symbol });
    }
  }
  return [...dangling.values()];
}

interface FollowedReference {
  readonly path: string;
  readonly range: Range;
}

/** Maps a place before the step to the same text on an unchanged line after it; null when the line is gone. */
function followLines(after: TreeView, files: readonly TouchedFile[]): (reference: Location) => FollowedReference | null {
  const touchedBy = new Map(files.flatMap((file) => (file.before === null ? [] : [[file.before.path, file] as const])));
  const mappings = new Map<TouchedFile, number[]>();
  const mappingOf = (file: TouchedFile): number[] => {
    const mapping = mappings.get(file) ?? lineMapping(linesOf(file.before?.text ?? ''), linesOf(file.after?.text ?? ''));
    mappings.set(file, mapping);
    return mapping;
  };
  return (reference) => {
    const path = pathFromUri(reference.uri);
    const file = touchedBy.get(path);
    if (file === undefined) return after.get(path) === undefined ? null : { path, range: reference.range };
    const line = mappingOf(file)[reference.range[0]] ?? -1;
    if (file.after === null || line < 0) return null;
    const [startLine, startCharacter, endLine, endCharacter] = reference.range;
    return { path: file.after.path, range: [line, startCharacter, line + endLine - startLine, endCharacter] };
  };
}

function linesOf(text: string): string[] {
  const document = new TextDocument(text);
  return Array.from({ length: document.lineCount }, (_unused, line) => document.lineText(line));
}
