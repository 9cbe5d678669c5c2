import { promisify } from 'node:util';
import { deflate, inflate } from 'node:zlib';
import { hexSha256 } from './file-tree.js';

/** A content as it was when somebody was given a selector into it. */
export interface StoredContent {
  readonly bytes: Buffer;
  /** Where it was, relative to the workspace. */
  readonly path: string;
  /** What HEAD was then; null without one. */
  readonly commit: string | null;
}

/** Compression must save at least this share, or reading would pay for nothing. */
const SAVED_MIN = 0.1;
const CHECKSUM_LENGTH = 64;
/** Larger contents are not kept, so no sound entry unpacks to more. */
export const STORED_BYTES_MAX = 8 * 1024 * 1024;

const compress = promisify<Buffer, Buffer>(deflate);
const decompress = promisify<Buffer, { maxOutputLength: number }, Buffer>(inflate);

/** Returns the file of a content: 64 hex digits of the sha256 of the rest, a line of JSON that says what the content is, the content. */
export async function packContent({ bytes, path, commit }: StoredContent): Promise<Buffer> {
  const packed = await compress(bytes);
  const isSmaller = packed.length <= bytes.length * (1 - SAVED_MIN);
  const header = `${JSON.stringify({ encoding: isSmaller ? 'deflate' : 'identity', path, commit })}\n`;
  const rest = Buffer.concat([Buffer.from(header, 'utf8'), isSmaller ? packed : bytes]);
  return Buffer.concat([Buffer.from(hexSha256(rest), 'latin1'), rest]);
}

/** Returns the content of a file that packContent made, or null unless every byte of it is as it was and its content has this digest. */
export async function unpackContent(file: Buffer, digest: string): Promise<StoredContent | null> {
  const rest = file.subarray(CHECKSUM_LENGTH);
  const lineEnd = rest.indexOf(0x0a);
  if (lineEnd === -1 || file.toString('latin1', 0, CHECKSUM_LENGTH) !== hexSha256(rest)) return null;
  const header: unknown = JSON.parse(rest.toString('utf8', 0, lineEnd));
  if (!isHeader(header)) return null;
  const body = rest.subarray(lineEnd + 1);
  const bytes = header.encoding === 'deflate' ? await decompress(body, { maxOutputLength: STORED_BYTES_MAX }) : body;
  return hexSha256(bytes) === digest ? { bytes, path: header.path, commit: header.commit } : null;
}

interface Header {
  readonly encoding: 'deflate' | 'identity';
  readonly path: string;
  readonly commit: string | null;
}

function isHeader(value: unknown): value is Header {
  if (typeof value !== 'object' || value === null) return false;
  const { encoding, path, commit } = value as Record<string, unknown>;
  return (encoding === 'deflate' || encoding === 'identity') && typeof path === 'string' && (commit === null || (typeof commit === 'string' && /^[0-9a-f]{40,64}$/.test(commit)));
}
