import * as z from 'zod';
import { abandon, recover as recoverOpen, type Abandoned, type Recovery } from '../apply/transaction.js';
import type { BundleFacts } from '../bundles/schema/facts.js';
import { blockedFailure } from './edits/edit-session.js';
import { defineOperation } from './operation.js';

/** Finishes the edit that a crash cut short, or takes it back. With `abandon` the files stay as they are and the edit is forgotten. */
export const recover = defineOperation({
  cmd: 'recover',
  args: z.strictObject({ abandon: z.boolean().default(false) }),
  run: async (bench, { abandon: isAbandoned }) => {
    const session = bench.editSession();
    return session.claimed(async () => {
      const outcome = isAbandoned ? abandon(session.jail, session.store) : recoverOpen(session.jail, session.store);
      const snapshot = (await bench.refresh()).digest;
      const answer = { args: { abandon: isAbandoned }, snapshot, facts: { recovery: factsOf(outcome) } };
      return outcome.kind === 'blocked' ? { ...answer, failure: blockedFailure(outcome) } : answer;
    });
  },
});

function factsOf(outcome: Recovery | Abandoned): NonNullable<BundleFacts['recovery']> {
  if (outcome.kind === 'nothing') return { outcome: 'nothing' };
  if (outcome.journal === null) return { outcome: outcome.kind };
  const paths = outcome.kind === 'blocked' ? outcome.paths : outcome.journal.steps.map(({ path }) => path);
  return { outcome: outcome.kind, transaction: outcome.journal.transaction, paths };
}
