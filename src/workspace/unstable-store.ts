import { statSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Json } from '../base/canonical-json.js';
import { Failure } from '../base/failure.js';
import { observe } from '../base/observe.js';
import { fileFailure } from './file-failure.js';
import { ensureStateDir } from './state-dir.js';

const FILE = 'unstable.json';
const HINT = 'assay doctor --determinism writes a new one, if the state directory is yours. Nothing was answered.';

/** What is in the record, as JSON; null when there is none. What it means is up to whoever wrote it. */
export function readUnstableRecord(stateDir: string): Promise<Json> {
  return observe({ what: 'what is unstable', key: stateDir }, () => read(stateDir));
}

/** Equal texts mean an equal record. Cheap, because every answer depends on it. */
export function unstableRecordStamp(stateDir: string): string {
  const stats = statSync(join(stateDir, FILE), { throwIfNoEntry: false });
  return stats === undefined ? '' : `${String(stats.ino)} ${String(stats.mtimeMs)} ${String(stats.size)}`;
}

let last: { readonly stateDir: string; readonly stamp: string; readonly record: Json } | null = null;

async function read(stateDir: string): Promise<Json> {
  const stamp = unstableRecordStamp(stateDir);
  if (stamp === '') return null;
  if (last?.stateDir === stateDir && last.stamp === stamp) return last.record;
  try {
    const record = JSON.parse(await readFile(join(stateDir, FILE), 'utf8')) as Json;
    last = { stateDir, stamp, record };
    return record;
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
  return observe({ what: 'unstable facts', key: record, isAct: true }, () => write(stateDir, record));
}

async function write(stateDir: string, record: Json): Promise<void> {
  await ensureStateDir(stateDir);
  const file = join(stateDir, FILE);
  const draft = `${file}.${String(process.pid)}`;
  try {
    await writeFile(draft, `${JSON.stringify(record)}\n`, { mode: 0o600 });
    await rename(draft, file);
  } catch (error) {
    throw fileFailure(error, 'write', 'the record of unstable facts', 'Nothing is marked. Make the state directory writable for you.');
  }
}
