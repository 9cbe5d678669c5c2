import { errnoOf, type FilePort, type Folder } from './file-port.js';

export interface FileOwner {
  readonly uid: number;
  readonly gid: number;
}

/** Who may do what with a file: exactly these bits, or what the system gives a new file. */
export type Permissions = number | 'new file' | 'new executable';

/** Writes a file that was not there, down to the disk. When that fails nothing is left of it, as far as the disk allows. */
export function writeNew(files: FilePort, folder: Folder, name: string, bytes: Buffer, permissions: Permissions = 0o600, owner: FileOwner | null = null): void {
  const file = files.create(folder, name, permissions === 'new file' ? 0o666 : permissions === 'new executable' ? 0o777 : 0o600);
  let isWritten = false;
  try {
    files.write(file, bytes);
    if (owner !== null) keepOwner(files, folder, name, file, owner);
    if (typeof permissions === 'number') files.setPermissions(file, permissions);
    files.sync(file);
    isWritten = true;
  } finally {
    files.closeFile(file);
    if (!isWritten) removeIfThere(files, folder, name);
  }
}

function keepOwner(files: FilePort, folder: Folder, name: string, file: number, owner: FileOwner): void {
  const made = files.look(folder, name);
  if (made !== null && (made.uid !== owner.uid || made.gid !== owner.gid)) files.setOwner(file, owner.uid, owner.gid);
}

export function removeIfThere(files: FilePort, folder: Folder, name: string): void {
  try {
    files.remove(folder, name);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}
