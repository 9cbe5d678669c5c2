import type { Diagnostic, Location } from './location.js';
import type { Range } from './range.js';

/** A located diagnostic as rewards compare it: with the declaration that encloses it and the text of its line. */
export interface RewardDiagnostic extends Diagnostic {
  /** Dotted name of the innermost enclosing declaration, `<module>` at file level. */
  readonly symbol: string;
  /** The first line of the diagnostic's range as written, trimmed. */
  readonly lineText: string;
}

/** Before and after matched as multisets. Paths and ranges of `fixed` and `removed` are those before the step, all others those after it. */
export interface DiagnosticDelta {
  readonly introduced: readonly RewardDiagnostic[];
  readonly fixed: readonly RewardDiagnostic[];
  readonly persisting: readonly RewardDiagnostic[];
  /** One rule at places that map to each other, with other code: counts as persisting. */
  readonly updated: readonly { readonly before: RewardDiagnostic; readonly after: RewardDiagnostic }[];
  /** Gone together with the declaration or the file that held them: no credit. */
  readonly removed: readonly RewardDiagnostic[];
}

/** The four terms of the potential, each in [0,1]; null where it could not be had and was left out on both sides. */
export interface PotentialTerms {
  readonly phiD: number | null;
  readonly phiS: number | null;
  readonly conf: number | null;
  readonly phiP: number | null;
}

export interface PotentialWeights {
  readonly phiD: number;
  readonly phiS: number;
  readonly conf: number;
  readonly phiP: number;
}

/** What W is made of, on one side of the step. `total` is the weighted sum. */
export interface DiagnosticWeight {
  readonly introduced: number;
  readonly preexisting: number;
  readonly suppressions: number;
  readonly escapeHatches: number;
  readonly danglingReferences: number;
  readonly unparsable: number;
  readonly total: number;
}

/** A rule that caught something. `critical` takes φ_S to 0; every gate that fires caps the learned p at .5. */
export interface GateFiring {
  readonly gate: string;
  readonly critical: boolean;
  readonly message: string;
  readonly evidence: readonly Location[];
}

/** A suppression or setting that was taken out before measuring. */
export interface Neutralisation extends Location {
  readonly kind: string;
  readonly text: string;
}

/** Which files the facts speak about. Every list is sorted. */
export interface Coverage {
  readonly tier: 'touched' | 'dependents' | 'exact';
  /** Workspace-relative paths the step touches, and files beside them that reference a changed symbol. */
  readonly touched: readonly string[];
  readonly dependents: readonly string[];
  /** Files that were measured on at least one side. */
  readonly measured: readonly string[];
  /** Touched files that no pinned server knows: not measured, and no reason to abstain. */
  readonly unmeasured: readonly { readonly path: string; readonly reason: string }[];
  /** Files that the project's own configuration leaves out, as its command line does. */
  readonly excluded: readonly string[];
  /** Files that have a server and could not be measured: the reward abstains. */
  readonly failed: readonly { readonly path: string; readonly reason: string }[];
  /** Files among `measured` that were not asked again after the step: the interfaces of the touched ones prove that nothing in them can change. */
  readonly proved: readonly string[];
  /** True when no file outside `measured` can have changed: what is measured is all there is. */
  readonly complete: boolean;
  /** Files that `proved` names although they did change, and those of which a part was held to be as before and was not, where that was checked; null where it was not. */
  readonly disproved: readonly string[] | null;
  /** Files that were left out because the budget was spent. */
  readonly overBudget: readonly string[];
}

/** What a model says of one hunk of a patch: that it is at a place that a right patch changes, too. No score is computed from it. */
export interface LearnedHunk {
  /** As the patch names it. */
  readonly path: string;
  /** Its lines before the step, 0-based; [n, 0, n, 0] where it has none. */
  readonly range: Range;
  readonly p: number;
}

/** What a pinned model says of a step. `p` is the calibrated probability that it is right; when the model abstains, nothing counts it. */
export interface LearnedScore {
  readonly p: number | null;
  readonly abstain: boolean;
  /** Why, when it abstains. */
  readonly abstainReason: string | null;
  /** Of the ONNX file, and of the card, which holds the calibration. */
  readonly digest: string;
  readonly card: string;
  readonly runtime: string;
  readonly provider: string;
  readonly tokenizer: string | null;
  /** Absent where the model has no head for hunks, has no problem to compare them with, or was not asked. */
  readonly hunks?: readonly LearnedHunk[];
}

/** What the servers are known not to say every time: set aside before anything is counted. */
export interface UnstableEvidence {
  /** Neutral diagnostics before and after the step. */
  readonly before: readonly RewardDiagnostic[];
  readonly after: readonly RewardDiagnostic[];
  readonly danglingReferences: readonly Location[];
}

/** `pr-v1`, the paper's Eq. 5.1. */
export interface PaperReward {
  readonly version: 'pr-v1';
  readonly r: number | null;
  readonly safety: 'binary' | 'signed';
  readonly diagnosticsBefore: number | null;
  readonly diagnosticsAfter: number | null;
  readonly S: number | null;
  readonly conf: number | null;
  /** True when no selector was resolved and conf = 1 was taken. */
  readonly confAssumed: boolean;
  readonly weights: { readonly alpha: number; readonly beta: number; readonly gamma: number };
}

/** The reward of one step (publicly documented: contract of the bundle, `processReward`). */
export interface ProcessReward {
  readonly version: 'pr-v2' | 'pr-v1';
  readonly mode: 'progress' | 'shaping';
  readonly r: number | null;
  readonly phiBefore: number | null;
  readonly phiAfter: number | null;
  readonly gammaD: number;
  readonly components: { readonly before: PotentialTerms; readonly after: PotentialTerms };
  readonly weights: PotentialWeights;
  readonly W: { readonly before: DiagnosticWeight | null; readonly after: DiagnosticWeight | null };
  readonly diagnostics: DiagnosticDelta | null;
  readonly neutralDiagnostics: DiagnosticDelta | null;
  readonly coverage: Coverage;
  readonly neutralised: readonly Neutralisation[];
  readonly gates: readonly GateFiring[];
  /** Null without a model. */
  readonly model: LearnedScore | null;
  readonly abstain: boolean;
  /** Why, when `abstain` is true. */
  readonly abstainReason: string | null;
  readonly paper: PaperReward;
  /** Absent where nothing was set aside. */
  readonly unstable?: UnstableEvidence;
}
