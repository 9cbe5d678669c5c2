import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileTokens } from '../../src/base/declaration.js';
import { identifierAt } from '../../src/selectors/identifier.js';
import { parseTokens } from '../../src/selectors/structure.js';
import { TextDocument } from '../../src/base/text-document.js';
import { mulberry32 } from '../check-real/mutations.js';

/** A character of a token; 0-based, UTF-16. */
export interface RandomPlace {
  readonly path: string;
  readonly line: number;
  readonly character: number;
  /** The token. */
  readonly text: string;
  readonly isName: boolean;
}

const TEXT_MAX = 200_000;

/** Returns the files of a folder that a server knows the language of: Git's, or all where there is no repository. */
export function sourceFiles(folder: string, server: string): string[] {
  const isSource = server === 'pyright' ? /\.pyi?$/ : /\.[cm]?[jt]sx?$/;
  const all = existsSync(join(folder, '.git')) ? execFileSync('git', ['-C', folder, 'ls-files', '-z'], { encoding: 'utf8', maxBuffer: 1 << 28 }).split('\0') : readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => !/(^|\/)(node_modules|\.venv)\//.test(path));
  return all.filter((path) => isSource.test(path)).sort();
}

/** Returns `count` places, spread over the files; the same for the same seed and contents. */
export async function choosePlaces(folder: string, files: readonly string[], count: number, seed: number): Promise<RandomPlace[]> {
  const random = mulberry32(seed);
  const chosen: RandomPlace[] = [];
  const parsed = new Map<string, Promise<FileTokens | null>>();
  for (let tried = 0; chosen.length < count && tried < count * 20 && files.length > 0; tried += 1) {
    const path = files[Math.floor(random() * files.length)] ?? '';
    const text = readFileSync(join(folder, path), 'utf8').replace(/^\uFEFF/, '');
    const known = parsed.get(path) ?? parseTokens(path, text);
    parsed.set(path, known);
    const tokens = text.length > TEXT_MAX ? [] : ((await known)?.tokens ?? []);
    const names = tokens.filter((token) => token.type !== token.text && /^[#\p{ID_Start}_$][\p{ID_Continue}$]*$/u.test(token.text));
    const pool = random() < 2 / 3 ? names : tokens;
    const token = pool[Math.floor(random() * pool.length)];
    if (token === undefined) continue;
    const [line, start, endLine, end] = token.range;
    const character = start + Math.floor(random() * (endLine === line ? Math.max(1, end - start) : 1));
    // Directly behind a name assay speaks of the name, as its selectors say.
    const document = new TextDocument(text);
    const isName = names.includes(token);
    if (!isName && character > 0 && identifierAt(document, { line, character }, true) !== null) continue;
    chosen.push({ path, line, character, text: token.text, isName });
  }
  return chosen;
}
