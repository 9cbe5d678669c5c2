import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../base/canonical-json.js';
import { Failure } from '../base/failure.js';
import { observe } from '../base/observe.js';
import { Stamped } from '../base/stamped.js';
import { fileFailure } from './file-failure.js';
import { replaceStateFile } from './state-dir.js';

const FILE = 'unstable.json';
const HINT = 'assay doctor --determinism writes a new one, if the state directory is yours. Nothing was answered.';

/** What is in the record, as JSON; null when there is none. What it means is up to whoever wrote it. */
export function readUnstableRecord(stateDir: string): Promise<Json> {
  return observe({ what: 'what is unstable', key: stateDir }, async () => Promise.resolve(read(stateDir)));
}

/** Equal texts mean an equal record. Cheap, because every answer depends on it. */
export function unstableRecordStamp(stateDir: string): string {
  const stats = statSync(join(stateDir, FILE), { throwIfNoEntry: false });
  return stats === undefined ? '' : `${String(stats.ino)} ${String(stats.mtimeMs)} ${String(stats.size)}`;
}

const records = new Stamped<Json>();

function read(stateDir: string): Json {
  const file = join(stateDir, FILE);
  try {
    return records.of(file, statSync(file, { bigint: true, throwIfNoEntry: false }), () => JSON.parse(readFileSync(file, 'utf8')) as Json);
  } catch (error) {
    if (error instanceof SyntaxError) throw unreadableRecord(error);
    throw fileFailure(error, 'read', 'the record of unstable facts', HINT);
  }
}

/** Nothing is rewarded on a record that cannot be understood: what it holds may be what must not count. */
export function unreadableRecord(cause: unknown): Failure {
  return new Failure('E/FS_PERMISSIONS', 'the record of unstable facts cannot be understood', { hint: HINT, cause });
}

/** Replaces the record. */
export function writeUnstableRecord(stateDir: string, record: Json): Promise<void> {
  return observe({ what: 'unstable facts', key: record, isAct: true }, () =>
    replaceStateFile(stateDir, FILE, `${JSON.stringify(record)}\n`, 'the record of unstable facts', 'Nothing is marked. Make the state directory writable for you.'),
  );
}
