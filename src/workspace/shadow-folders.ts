import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { act, observe } from '../base/observe.js';
import { fileFailure, isAbsent } from './file-failure.js';
import { isIdentity, mayBeRunning, ownIdentity, type ProcessIdentity } from './process-identity.js';
import { ensurePrivateDirectory, ensureStateDir } from './state-dir.js';

const OWNER_FILE = 'owner.json';
const HINT = 'The workspace was left untouched. Make the state directory writable, or set XDG_STATE_HOME to a folder that is.';

/** Creates `<stateDir>/shadows/<pid>-<random>/tree`, says in an owner file whose it is, and returns the outer folder. */
export function createShadowFolder(stateDir: string): Promise<string> {
  return observe({ what: 'make a shadow', key: stateDir }, () => makeFolder(stateDir));
}

async function makeFolder(stateDir: string): Promise<string> {
  await ensureStateDir(stateDir);
  await ensurePrivateDirectory(join(stateDir, 'shadows'));
  const folder = join(stateDir, 'shadows', `${String(process.pid)}-${randomBytes(6).toString('hex')}`);
  try {
    await mkdir(folder, { mode: 0o700 });
    await writeFile(join(folder, OWNER_FILE), JSON.stringify(await ownIdentity()));
    await mkdir(join(folder, 'tree'), { mode: 0o700 });
  } catch (error) {
    throw fileFailure(error, 'create', 'a shadow worktree in the state directory', HINT);
  }
  return folder;
}

/** Removes a shadow folder. Symlinks in it are removed, not followed. */
export async function removeShadowFolder(folder: string): Promise<void> {
  await act('remove a shadow', () => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
}

/** Removes the shadows whose process has ended without disposing of them; returns how many. Shadows of other machines are left alone. */
export function sweepStaleShadows(stateDir: string): Promise<number> {
  return observe({ what: 'sweep the shadows', key: stateDir }, () => sweep(stateDir));
}

async function sweep(stateDir: string): Promise<number> {
  let removed = 0;
  for (const name of await shadowNames(stateDir)) {
    const folder = join(stateDir, 'shadows', name);
    if (await mayBeRunning(await ownerOf(folder, name))) continue;
    await removeShadowFolder(folder);
    removed += 1;
  }
  return removed;
}

async function shadowNames(stateDir: string): Promise<string[]> {
  try {
    return (await readdir(join(stateDir, 'shadows'))).filter((name) => /^\d+-[0-9a-f]+$/.test(name));
  } catch (error) {
    if (isAbsent(error)) return [];
    throw fileFailure(error, 'list', 'the shadow worktrees in the state directory', HINT);
  }
}

/** A folder whose owner file is missing or cut short belongs to the process in its name, as far as that can be told. */
async function ownerOf(folder: string, name: string): Promise<ProcessIdentity> {
  const own = await ownIdentity();
  const byName = { ...own, pid: Number(name.split('-', 1)[0]), startTicks: null };
  try {
    const owner: unknown = JSON.parse(await readFile(join(folder, OWNER_FILE), 'utf8'));
    return isIdentity(owner) ? owner : byName;
  } catch (error) {
    if (isAbsent(error) || error instanceof SyntaxError) return byName;
    throw fileFailure(error, 'read', 'the owner of a shadow worktree', HINT);
  }
}
