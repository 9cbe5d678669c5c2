import type { SafetyCheck } from '../../base/safety.js';

/** Asked of every rename, in this order. `critical`: a rename that fails it is refused. */
const CHECKS = {
  'new-name': { critical: true, question: 'the new name can be a name there' },
  renamable: { critical: true, question: 'the server offers to rename it' },
  'declared-here': { critical: true, question: 'everything that declares it, and that it overrides, is in the workspace' },
  'special-name': { critical: true, question: 'the language gives neither name a meaning of its own' },
  'edits-names': { critical: true, question: 'every edit replaces the old name by the new one and nothing else' },
  'edits-inside': { critical: true, question: 'every edited file belongs to the workspace and is not ignored' },
  syntax: { critical: true, question: 'every edited file still parses' },
  collision: { critical: true, question: 'no declaration of the new name is in the same scope' },
  overrides: { critical: false, question: 'what it overrides, and what overrides it, is renamed with it' },
  references: { critical: true, question: 'every reference is renamed, or still leads to it' },
  resolution: { critical: true, question: 'afterwards every renamed place leads to the renamed declaration' },
  capture: { critical: true, question: 'afterwards no other place leads to it' },
  verified: { critical: false, question: 'the last three were asked of a server that saw the files after the rename' },
  'readable-name': { critical: false, question: 'the new name is not easily misread' },
  'owned-files': { critical: false, question: 'no edited file is generated or a copy of foreign code' },
  'unresolved-uses': { critical: false, question: 'no use of the old name is one that the server cannot resolve' },
  'dynamic-uses': { critical: false, question: 'no string that a program looks names up by holds the old name' },
  diagnostics: { critical: false, question: 'no diagnostic is new' },
} as const;

export type CheckName = keyof typeof CHECKS;

/** Collects what the checks of a rename found. A check that nothing was said about was not applicable. */
export class RenameChecks {
  private readonly problems = new Map<CheckName, string[]>();
  private readonly asked = new Set<CheckName>();
  /** Whoever asks for overrides to be renamed, too, is refused when one cannot be; else they are only named. */
  private readonly asksForOverrides: boolean;

  constructor({ asksForOverrides }: { readonly asksForOverrides: boolean }) {
    this.asksForOverrides = asksForOverrides;
  }

  /** Says that a check was made; `problems` are what it found, each a whole clause. */
  note(name: CheckName, problems: readonly string[]): void {
    this.asked.add(name);
    this.problems.set(name, [...(this.problems.get(name) ?? []), ...problems]);
  }

  list(): SafetyCheck[] {
    return Object.entries(CHECKS).map(([key, { critical: isAlwaysCritical, question }]): SafetyCheck => {
      const name = key as CheckName;
      const critical = isAlwaysCritical || (name === 'overrides' && this.asksForOverrides);
      const problems = this.problems.get(name) ?? [];
      const outcome = !this.asked.has(name) ? 'not-applicable' : problems.length > 0 ? 'failed' : 'passed';
      return { name, outcome, critical, message: problems.length > 0 ? enumerated(problems) : question };
    });
  }
}

const SHOWN_MAX = 10;

function enumerated(problems: readonly string[]): string {
  const more = problems.length > SHOWN_MAX ? [`and ${String(problems.length - SHOWN_MAX)} more`] : [];
  return [...problems.slice(0, SHOWN_MAX), ...more].join('; ');
}
