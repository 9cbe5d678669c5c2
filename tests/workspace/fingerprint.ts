import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Returns path → `mode digest` of every file and symlink below `folder`, none followed; with `times` also what only a write changes. */
export function fingerprint(folder: string, options: { readonly times?: boolean; readonly skip?: readonly string[] } = {}): Record<string, string> {
  const found: Record<string, string> = {};
  const visit = (path: string): void => {
    for (const name of readdirSync(join(folder, path)).sort()) {
      const child = path === '' ? name : `${path}/${name}`;
      if (options.skip?.includes(child) === true) continue;
      const absolute = join(folder, child);
      const stats = lstatSync(absolute, { bigint: true });
      const times = options.times === true ? ` ${String(stats.mtimeNs)} ${String(stats.ino)}` : '';
      if (stats.isDirectory()) {
        if (options.times === true) found[`${child}/`] = times;
        visit(child);
      } else if (stats.isSymbolicLink()) found[child] = `symlink ${readlinkSync(absolute)}${times}`;
      else found[child] = `${(stats.mode & 0o100n) === 0n ? 'file' : 'exec'} ${createHash('sha256').update(readFileSync(absolute)).digest('hex')}${times}`;
    }
  };
  visit('');
  return found;
}
