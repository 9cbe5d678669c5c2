import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** `null` removes the file; `{ link }` makes a symlink, `{ exec }` an executable. */
export type FileSpec = string | Buffer | null | { readonly link: string } | { readonly exec: string };

/** Writes files below `folder`, replacing what is there. */
export function writeFiles(folder: string, files: Readonly<Record<string, FileSpec>>): void {
  for (const [path, spec] of Object.entries(files)) {
    const absolute = join(folder, path);
    rmSync(absolute, { recursive: true, force: true });
    if (spec === null) continue;
    mkdirSync(dirname(absolute), { recursive: true });
    if (typeof spec === 'string' || Buffer.isBuffer(spec)) writeFileSync(absolute, spec);
    else if ('link' in spec) symlinkSync(spec.link, absolute);
    else {
      writeFileSync(absolute, spec.exec);
      chmodSync(absolute, 0o755);
    }
  }
}
