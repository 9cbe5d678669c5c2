import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { observe } from '../base/observe.js';
import { Failure } from '../base/failure.js';
import { fileFailure, isAbsent } from './file-failure.js';
import { replaceStateFile } from './state-dir.js';

const TRUST_FILE = 'trust.json';
const HINT = 'Nothing is trusted until it can be read. Make the state directory readable for you, or remove the file and run assay init --trust again.';

/** Something of a workspace that may run: what it is, for a person, and the digest of its content. */
export interface TrustedThing {
  readonly what: string;
  readonly digest: string;
}

const trustSchema = z.strictObject({ version: z.literal(1), trusted: z.array(z.strictObject({ what: z.string(), digest: z.string() })) });

/**
 * Returns what the user trusts of the workspace whose state lies here. The folder belongs to one real path (see stateDirFor), so that
 * a copy of the workspace elsewhere is not trusted, and lies outside it, so that a workspace cannot trust itself.
 */
export function readTrust(stateDir: string): Promise<readonly TrustedThing[]> {
  return observe({ what: 'what is trusted', key: stateDir }, () => read(stateDir));
}

async function read(stateDir: string): Promise<readonly TrustedThing[]> {
  try {
    if (statSync(join(stateDir, TRUST_FILE), { throwIfNoEntry: false }) === undefined) return [];
    const parsed = trustSchema.safeParse(JSON.parse(await readFile(join(stateDir, TRUST_FILE), 'utf8')));
    if (parsed.success) return parsed.data.trusted;
    throw new SyntaxError('another shape');
  } catch (error) {
    if (isAbsent(error)) return [];
    if (error instanceof SyntaxError) throw new Failure('E/FS_PERMISSIONS', 'the record of what is trusted cannot be understood', { hint: HINT, cause: error });
    throw fileFailure(error, 'read', 'the record of what is trusted', HINT);
  }
}

/** Records that exactly these things are trusted, and no longer what was before. */
export function writeTrust(stateDir: string, trusted: readonly TrustedThing[]): Promise<void> {
  return observe({ what: 'trust', key: trusted, isAct: true }, () =>
    replaceStateFile(stateDir, TRUST_FILE, `${JSON.stringify({ version: 1, trusted }, null, 2)}\n`, 'the record of what is trusted', 'Nothing is trusted. Make the state directory writable for you.'),
  );
}
