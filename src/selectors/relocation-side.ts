import type { Declaration, FileStructure } from '../base/declaration.js';
import type { Range } from '../base/range.js';
import { Recent } from '../base/recent.js';
import { TextDocument } from '../base/text-document.js';
import { parseStructure } from './structure.js';
import { fingerprintsOf } from './winnow.js';

/** One version of one file, ready to be compared. */
export interface Side {
  readonly path: string;
  readonly document: TextDocument;
  /** The lines without the white space around them: indentation is layout. */
  readonly lines: readonly string[];
  readonly structure: FileStructure | null;
}

/** Files above this many characters are compared by their lines only: parsing them would take longer than anyone waits. */
const PARSED_CHARACTERS_MAX = 2_000_000;

/** Of the texts; what is known of a text takes several times as much memory. */
const CHARACTERS_MAX = 32 * 1024 * 1024;

/** Keeps the sides of recently compared texts, so that the second question about a file costs no parse. */
export class SideCache {
  /** By text and then by path: of a text that is the same string its hash is known, of a text with a path before it never. */
  private readonly sides = new Recent<string, Map<string, Promise<Side>>>(CHARACTERS_MAX);
  private readonly prints = new Recent<string, ReadonlySet<number>>(CHARACTERS_MAX);

  /** Returns the side of `text` as the content of `path`. */
  sideOf(path: string, text: string): Promise<Side> {
    const byPath = this.sides.get(text, text.length, () => new Map<string, Promise<Side>>());
    const known = byPath.get(path) ?? makeSide(path, text);
    byPath.set(path, known);
    return known;
  }

  /** Returns the fingerprints of a whole file. */
  printsOf(text: string): ReadonlySet<number> {
    return this.prints.get(text, text.length, () => fingerprintsOf(text));
  }
}

async function makeSide(path: string, text: string): Promise<Side> {
  const document = new TextDocument(text);
  const lines = Array.from({ length: document.lineCount }, (_, line) => document.lineText(line).trim());
  return { path, document, lines, structure: text.length > PARSED_CHARACTERS_MAX ? null : await parseStructure(path, text) };
}

/** Returns the module's declaration, which spans the whole text, for a side with or without a grammar. */
export function moduleOf(side: Side): Declaration {
  const parsed = side.structure?.declarations[0];
  if (parsed !== undefined) return parsed;
  const range: Range = side.document.rangeOf(0, side.document.text.length);
  return { name: '', qualname: [], kind: 'module', range, nameRange: [0, 0, 0, 0], signatureRange: [0, 0, 0, 0], bodyRange: range, docRange: null, overload: 0, hasBody: true, parameters: '', nodeType: '' };
}

/** Returns the declarations other than imports; the module first. */
export function definitionsOf(side: Side): readonly Declaration[] {
  return side.structure?.declarations.filter((declaration) => declaration.kind !== 'import') ?? [moduleOf(side)];
}
