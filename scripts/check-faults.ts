import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FaultHarness, mixedEdit } from '../tests/apply/fault-harness.js';
import { FaultyFiles } from '../tests/apply/faulty-files.js';
import { checkMounts, MOUNTED, runWithMounts } from './check-faults/mounts.js';

/**
 * `npm run check:faults [-- FILES]`: an edit of FILES files (20) that changes, creates, deletes, moves and turns files into folders, on the real disk, killed
 * at every call of the disk that it makes, then recovered; recovery is killed, too; and with every errno that a disk can answer at every
 * write. Then the same edit on real mounts: a full disk with every number of free pages, read-only folders, a folder on another file system, where
 * the system lets it mount. `npm run check:faults -- mounts` does the last alone. Fails when a state is neither all nor nothing, or when something is
 * left beside the files.
 */
const ERRNOS = ['ENOSPC', 'EIO', 'EROFS', 'EACCES', 'EPERM', 'EXDEV', 'EDQUOT', 'EMFILE'];

function checkCalls(count: number): boolean {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'assay-faults-')));
  const { before, after, renames } = mixedEdit(count);
  const harness = new FaultHarness(folder, before, after, renames);
  const torn: string[] = [];
  const counts = new Map<string, number>();

  function judge(what: string): void {
    const verdict = harness.isOpen() ? 'torn: a journal is open' : harness.verdict();
    const short = verdict.startsWith('torn') ? 'torn' : verdict;
    counts.set(`${what.split(' ', 1)[0] ?? ''} ${short}`, (counts.get(`${what.split(' ', 1)[0] ?? ''} ${short}`) ?? 0) + 1);
    if (short === 'torn') torn.push(`${what}: ${verdict.slice(0, 300)}`);
  }

  try {
    const { disk } = harness.run(null, { kind: 'kill' });
    process.stdout.write(`${String(harness.plan.changes.length)} changes, ${String(disk.calls.length)} calls of the disk, ${String(disk.writes.length)} of them writes\n`);
    for (const at of disk.calls.keys()) {
      harness.run(at, { kind: 'kill' });
      const second = new FaultyFiles((at * 7) % 900, { kind: 'kill' });
      try {
        harness.recover(second);
      } catch {
        // Killed, as intended.
      }
      harness.recover();
      judge(`killed at ${String(at)} ${disk.calls[at] ?? ''}`);
    }
    for (const errno of ERRNOS) {
      for (const at of disk.writes) {
        harness.run(at, { kind: 'fail', errno });
        if (harness.isOpen()) harness.recover();
        judge(`${errno} at ${String(at)} ${disk.calls[at] ?? ''}`);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  for (const [what, times] of [...counts].sort()) process.stdout.write(`${what}: ${String(times)}\n`);
  process.stdout.write(`${torn.map((line) => `${line}\n`).join('')}${String(torn.length)} torn\n`);
  return torn.length === 0;
}

const [wish = '20'] = process.argv.slice(2);
if (wish === MOUNTED) checkMounts();
else {
  const isWhole = wish === 'mounts' || checkCalls(Number(wish) - 7);
  const isWholeMounted = runWithMounts();
  process.exitCode = isWhole && isWholeMounted ? 0 : 1;
}
