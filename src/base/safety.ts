/** One question about an edit, asked before it is made. A failed critical check refuses the edit, any other one makes it risky. */
export interface SafetyCheck {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'not-applicable';
  readonly critical: boolean;
  readonly message: string;
}

type SafetyVerdict = 'safe' | 'risky' | 'refused';

/** Says something about the worktree and not about the edit: it cannot be made now, and could be after a commit. */
const FOR_NOW = 'clean-in-git';

/** The one word about an edit, from its checks. */
function verdictOf(checks: readonly SafetyCheck[]): SafetyVerdict {
  const failed = checks.filter(({ outcome }) => outcome === 'failed');
  if (failed.some(({ name, critical }) => critical && name !== FOR_NOW)) return 'refused';
  return failed.length > 0 ? 'risky' : 'safe';
}

/** What a bundle says about the safety of an edit. */
export interface Safety {
  readonly verdict: SafetyVerdict;
  /** What the failed checks found, critical ones first; empty when there are none. */
  readonly why: string;
  readonly checks: readonly SafetyCheck[];
}

export function safetyOf(checks: readonly SafetyCheck[]): Safety {
  const failed = checks.filter(({ outcome }) => outcome === 'failed');
  const inOrder = [...failed.filter(({ critical }) => critical), ...failed.filter(({ critical }) => !critical)];
  return { verdict: verdictOf(checks), why: inOrder.map(({ name, message }) => `${name}: ${message}`).join('. '), checks };
}
