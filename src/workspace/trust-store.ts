import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { observe, observeSync } from '../base/observe.js';
import { Failure } from '../base/failure.js';
import { Stamped } from '../base/stamped.js';
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
export function readTrust(stateDir: string): readonly TrustedThing[] {
  return observeSync({ what: 'what is trusted', key: stateDir }, () => read(stateDir));
}

const NOTHING: readonly TrustedThing[] = [];
const records = new Stamped<readonly TrustedThing[]>();

function read(stateDir: string): readonly TrustedThing[] {
  const file = join(stateDir, TRUST_FILE);
  try {
    return records.of(file, statSync(file, { bigint: true, throwIfNoEntry: false }), parseRecord) ?? NOTHING;
  } catch (error) {
    if (isAbsent(error)) return NOTHING;
    if (error instanceof SyntaxError) throw new Failure('E/FS_PERMISSIONS', 'the record of what is trusted cannot be understood', { hint: HINT, cause: error });
    throw fileFailure(error, 'read', 'the record of what is trusted', HINT);
  }
}

function parseRecord(file: string): readonly TrustedThing[] {
  const parsed = trustSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (parsed.success) return parsed.data.trusted;
  throw new SyntaxError('another shape');
}

/** Records that exactly these things are trusted, and no longer what was before. */
export function writeTrust(stateDir: string, trusted: readonly TrustedThing[]): Promise<void> {
  return observe({ what: 'trust', key: trusted, isAct: true }, () =>
    replaceStateFile(stateDir, TRUST_FILE, `${JSON.stringify({ version: 1, trusted }, null, 2)}\n`, 'the record of what is trusted', 'Nothing is trusted. Make the state directory writable for you.'),
  );
}
