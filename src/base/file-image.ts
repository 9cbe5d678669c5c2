import { sha256 } from './digest.js';

export type FileMode = 'file' | 'exec' | 'symlink';

/** A file as a commit or an edit sees it: its kind and its bytes (of a symlink: the text that it leads to). */
export interface FileImage {
  readonly mode: FileMode;
  readonly bytes: Buffer;
}

/** Returns `sha256:` and the digest of the content, or null for no file. */
export function digestOfImage(image: FileImage | null): string | null {
  return image === null ? null : sha256(image.bytes);
}

export function sameImage(a: FileImage | null, b: FileImage | null): boolean {
  if (a === null || b === null) return a === b;
  return a.mode === b.mode && a.bytes.equals(b.bytes);
}
