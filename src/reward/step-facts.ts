import type { FileStructure, FileTokens } from '../base/declaration.js';
import type { Diagnostic, Location } from '../base/location.js';
import type { Coverage, LearnedScore, Neutralisation } from '../base/process-reward.js';

/** One file on one side of a step, with everything that was measured of it. */
export interface FileSide {
  /** Relative to the workspace, `/` between its parts. */
  readonly path: string;
  readonly text: string;
  /** Null for a language without a grammar. Its ranges are those of `text`. */
  readonly structure: FileStructure | null;
  /** Null for a language without a grammar, and for files that the step does not touch. */
  readonly tokens: FileTokens | null;
  /** What the checker's command line reports of the file, hints left out; null when it was not measured. */
  readonly diagnostics: readonly Diagnostic[] | null;
  /** The same with the texts that `planNeutralisation` gave and with the settings of the base; null when it was not measured. */
  readonly neutral: readonly Diagnostic[] | null;
}

/** One file of a step. A renamed file is one pair; a created or deleted one has a null side; an untouched one has equal texts. */
export interface FilePair {
  readonly before: FileSide | null;
  readonly after: FileSide | null;
  readonly touched: boolean;
}

/** A declaration whose diagnostics count although they were there before: one that the step edits, or one that references such a one. */
export interface ScopeSymbol {
  /** The path before or after the step; both name the same file. */
  readonly path: string;
  /** A dotted name, or `<module>`. */
  readonly symbol: string;
}

/** A reference, after the step, to a declaration that the step removed. */
export interface DanglingReference extends Location {
  /** The dotted name of the removed declaration. */
  readonly symbol: string;
}

/** A file that the step took out of its checker's sight. */
export interface ScopeEscape {
  /** The path before the step. */
  readonly path: string;
  readonly reason: string;
}

/** What the state before the step carries over from an earlier step of the same run. */
export interface PriorState {
  readonly phiS: number;
  readonly conf: number;
  /** The learned probability of the state before. */
  readonly p: number;
}

/** A diagnostic that its server does not always give, as it is known again after an edit. */
export interface UnstableDiagnostic {
  /** Before or after the step. */
  readonly path: string;
  readonly source: string;
  readonly code: string | number | null;
  /** The trimmed line that it stands on. */
  readonly lineText: string;
  /** So many of them may be unstable; a further one is not. */
  readonly count: number;
}

/** The facts of one step: everything a reward is computed from. */
export interface StepFacts {
  /** Touched files and their dependents. The order does not matter. */
  readonly pairs: readonly FilePair[];
  readonly coverage: Coverage;
  readonly safety: { readonly applies: boolean; readonly jailed: boolean };
  /** `editedSymbols` of the pairs and the symbols that reference them. */
  readonly scope: readonly ScopeSymbol[];
  readonly danglingReferences: readonly DanglingReference[];
  /** What the operation saw leave the checker's sight, beside what the pairs show by themselves. */
  readonly scopeEscapes: readonly ScopeEscape[];
  /** Settings of the step that were replaced by those of the base before `neutral` was measured. */
  readonly neutralisedSettings: readonly Neutralisation[];
  /** The confidence of the resolution that the step rests on; null when it resolved no selector (the one before is carried forward). */
  readonly conf: number | null;
  /** What a model says of the step; null without one. */
  readonly learned: LearnedScore | null;
  /** The p that counts for a model that abstains, where states are compared with one another; without it the term is dropped. */
  readonly unsureP?: number;
  /** True for a state of a run: Φ of all states is subtracted from one another, so that it must not depend on how one was reached. */
  readonly ofRun?: boolean;
  /** What is known to be unstable: it is set aside before anything is counted. */
  readonly unstable?: { readonly diagnostics: readonly UnstableDiagnostic[]; readonly danglingReferences: readonly DanglingReference[] };
}
