import { createHash } from 'node:crypto';

/** Returns `sha256:` and 64 hex digits over the bytes (a string is hashed as UTF-8). */
export function sha256(content: string | Uint8Array): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}
