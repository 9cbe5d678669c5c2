import { toFailure } from '../../base/failure.js';
import type { Check } from '../../bundles/schema/servers.js';
import type { UnstableFact } from '../../bundles/schema/unstable.js';
import type { Snapshot } from '../../workspace/snapshot.js';
import type { LookedAt } from '../installed-servers.js';
import { recordUnstable } from '../unstable-facts.js';
import type { Workbench } from '../workbench.js';
import { checkOf } from './check.js';
import { huntUnstable, type Hunt } from './determinism.js';

/**
 * Hunts what each server does not always say the same of, adds a check for each of them, records what was found, so that later answers mark
 * it and rewards leave it out, and returns it. A linter is asked together with the checker that it stands beside.
 */
export async function determinismOf(bench: Workbench, found: readonly LookedAt[], snapshot: Snapshot, sample: { readonly count: number; readonly seed: number }, checks: Check[]): Promise<readonly UnstableFact[]> {
  const hunts: Hunt[] = [];
  for (const { spec, launch, files } of found) {
    if (launch === null || files.length === 0 || spec.role === 'linter') continue;
    try {
      const hunt = await huntUnstable(bench, spec, files, snapshot, sample);
      hunts.push(hunt);
      checks.push(checkOfHunt(spec.id, hunt));
    } catch (error) {
      const failure = toFailure(error);
      if (failure.code === 'E/INTERNAL') throw failure;
      checks.push(checkOf('determinism', 'problem', `${failure.code}: ${failure.message}`, { server: spec.id, ...(failure.hint === '' ? {} : { mend: failure.hint }) }));
    }
  }
  const unstable = hunts.flatMap((hunt) => hunt.unstable);
  await recordUnstable(bench.workspace.stateDir, unstable, hunts.flatMap(({ server }) => (server === null ? [] : [server])), snapshot);
  return unstable;
}

function checkOfHunt(id: string, { asked, answersEach, unstable, reworded }: Hunt): Check {
  const each = `${String(asked)} questions, ${String(answersEach)} answers each from four fresh servers in three orders`;
  const words = reworded === 0 ? '' : `; ${String(reworded)} diagnostics differ in their wording alone, which nothing depends on`;
  if (unstable.length === 0) return checkOf('determinism', 'ok', `${each}: all the same${words}`, { server: id });
  return checkOf('determinism', 'warning', `${each}: ${String(unstable.length)} unstable ${unstable.length === 1 ? 'fact' : 'facts'}${words}`, { server: id, mend: 'They are named below. Answers mark them as unstable from now on, and no reward counts them.' });
}
