import { observeSync } from '../base/observe.js';
import type { FilePort } from './file-port.js';

/** Every call of the port. One that is missing here does not compile. */
const CALLS: Readonly<Record<Exclude<keyof FilePort, 'usesDescriptors' | 'namesAreExact'>, true>> = {
  openRoot: true, openFolder: true, close: true, look: true, list: true, read: true, readLink: true, create: true, write: true, setOwner: true, setPermissions: true,
  sync: true, closeFile: true, symlink: true, link: true, rename: true, remove: true, makeFolder: true, removeFolder: true, syncFolder: true,
};

/** Returns the files with every call observed, so that a replay edits what was recorded and no disk. */
export function observedFiles(files: FilePort): FilePort {
  const calls = files as unknown as Readonly<Record<string, (...args: unknown[]) => unknown>>;
  const observed = Object.keys(CALLS).map((name) => [name, (...args: unknown[]) => observeSync({ what: `files ${name}`, key: args }, () => calls[name]?.apply(files, args))] as const);
  return { usesDescriptors: files.usesDescriptors, namesAreExact: files.namesAreExact, ...Object.fromEntries(observed) } as FilePort;
}
