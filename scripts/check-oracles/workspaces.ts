import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { OracleCase } from './cases.js';

const PYTHON = '3.13';

/** Writes the workspaces of cases below a folder, once per content, so that cases over the same files share their servers. */
export class CaseWorkspaces {
  private readonly folder: string;
  private readonly written = new Set<string>();

  constructor(folder: string) {
    this.folder = folder;
  }

  /** The folder that holds the files of a case. Its site-packages are those of a `.venv`, as `python -m venv` lays it out. */
  folderOf({ files, site_packages: packages = {} }: OracleCase): string {
    const name = createHash('sha256').update(JSON.stringify([files, packages])).digest('hex').slice(0, 16);
    const folder = join(this.folder, name);
    if (this.written.has(name)) return folder;
    this.written.add(name);
    mkdirSync(folder, { recursive: true });
    for (const [path, content] of Object.entries(files)) write(join(folder, path), content);
    if (Object.keys(packages).length === 0) return folder;
    write(join(folder, '.venv', 'pyvenv.cfg'), `home = /usr/bin\ninclude-system-site-packages = false\nversion = ${PYTHON}.0\n`);
    for (const [path, content] of Object.entries(packages)) write(join(folder, '.venv', 'lib', `python${PYTHON}`, 'site-packages', path), content);
    return folder;
  }
}

function write(file: string, content: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}
