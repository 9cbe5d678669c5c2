import type { BundleFacts } from '../bundles/schema/facts.js';

/** Returns what became of an edit that was cut short, and its files. */
export function renderRecovery({ outcome, transaction = 'an edit whose journal cannot be read', paths = [] }: NonNullable<BundleFacts['recovery']>): string[] {
  const words = {
    nothing: 'no edit was cut short',
    finished: `finished ${transaction}: every file is as the edit makes it`,
    'taken-back': `took ${transaction} back: every file is as it was before`,
    blocked: `${transaction} was cut short, and these files changed since`,
    abandoned: `forgot ${transaction}: every file is left as it is`,
  };
  return [words[outcome], ...paths];
}
