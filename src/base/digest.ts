import { createHash } from 'node:crypto';

/** Returns `sha256:` and 64 hex digits over the bytes (a string is hashed as UTF-8). */
export function sha256(content: string | Uint8Array): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

/** Git's name of a content, in a repository of this object format. */
export function blobName(content: Uint8Array, algorithm: 'sha1' | 'sha256' = 'sha1'): string {
  return createHash(algorithm).update(`blob ${String(content.length)}\0`).update(content).digest('hex');
}
