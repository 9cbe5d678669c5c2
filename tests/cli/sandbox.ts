import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Outcome } from './assay.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** What command-line libraries look at to know what machine they are on. */
const MACHINE = ['/proc/*', '/run/*', '/etc/*', '/.dockerenv'];

/** Runs the built command line where Node refuses to start a process, to write, and to read anything but our own code and `readable`. */
export function sandboxedAssay(args: readonly string[], readable: readonly string[]): Promise<Outcome> {
  const major = Number(process.versions.node.split('.')[0]);
  const permission = major >= 24 ? '--permission' : '--experimental-permission';
  const allowed = [`${ROOT}*`, ...MACHINE, ...readable].map((path) => `--allow-fs-read=${path}`);
  return new Promise((resolve) => {
    const child = execFile(process.execPath, ['--no-warnings', permission, ...allowed, `${ROOT}bin/assay.cjs`, ...args], { cwd: ROOT, maxBuffer: 1 << 28 }, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr });
    });
    child.stdin?.end();
  });
}
