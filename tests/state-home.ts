import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Gives the whole test run a state directory of its own, and removes it at the end. */
export default function setup(): () => void {
  const home = mkdtempSync(join(tmpdir(), 'assay-state-'));
  process.env['XDG_STATE_HOME'] = home;
  return () => {
    rmSync(home, { recursive: true, force: true });
  };
}
