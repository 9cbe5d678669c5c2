import type { Diagnostic } from '../../src/base/location.js';
import type { ProcessReward } from '../../src/base/process-reward.js';
import { uriFromPath } from '../../src/base/relative-uri.js';
import { TextDocument } from '../../src/base/text-document.js';
import { editedSymbols } from '../../src/reward/changed-declarations.js';
import { processReward } from '../../src/reward/process-reward.js';
import type { RewardOptions } from '../../src/reward/reward-options.js';
import type { FilePair, FileSide, StepFacts } from '../../src/reward/step-facts.js';
import { planNeutralisation } from '../../src/reward/suppressions.js';
import { parseStructure, parseTokens } from '../../src/selectors/structure.js';

/**
 * A checker that a test can read: a word `bad_x` is an error of rule `x`, `warn_x` a warning, and a directive on the line
 * (or, for `@ts-ignore`, on the line above) hides them as real checkers do.
 */
function check(path: string, text: string): Diagnostic[] {
  const document = new TextDocument(text);
  const found: Diagnostic[] = [];
  if (/^\s*# type: ignore|@ts-nocheck/.test(text)) return [];
  for (let line = 0; line < document.lineCount; line += 1) {
    const written = document.lineText(line);
    if (/# type: ignore|# pyright: ignore/.test(written) || /@ts-(ignore|expect-error)/.test(document.lineText(line - 1))) continue;
    for (const match of written.matchAll(/\b(bad|warn)_(\w+)/g)) {
      found.push({
        uri: uriFromPath(path),
        range: [line, match.index, line, match.index + match[0].length],
        severity: match[1] === 'bad' ? 'error' : 'warning',
        code: match[2] ?? '',
        message: `"${match[0]}" is ${match[1] ?? ''}`,
        source: 'fake',
      });
    }
  }
  return found;
}

const parsed = new Map<string, Promise<Pick<FileSide, 'structure' | 'tokens'>>>();

/** The same text is parsed once: properties see most texts many times. */
function parse(path: string, text: string): Promise<Pick<FileSide, 'structure' | 'tokens'>> {
  const key = `${path}\u0000${text}`;
  const known = parsed.get(key);
  if (known !== undefined) return known;
  const fresh = Promise.all([parseStructure(path, text), parseTokens(path, text)]).then(([structure, tokens]) => ({ structure, tokens }));
  parsed.set(key, fresh);
  return fresh;
}

export async function sideOf(path: string, text: string, neutralText = text): Promise<FileSide> {
  return { path, text, ...(await parse(path, text)), diagnostics: check(path, text), neutral: check(path, neutralText) };
}

/** `[path, before, after]`, or `[path, before, after, pathAfter]` for a renamed file; null is a file that is not there. */
export type Change = readonly [path: string, before: string | null, after: string | null, pathAfter?: string];

export async function pairsOf(changes: readonly Change[]): Promise<FilePair[]> {
  const plain = await Promise.all(changes.map((change) => pairOf(change, new Map(), new Map())));
  const plan = planNeutralisation(plain);
  return Promise.all(changes.map((change) => pairOf(change, plan.before, plan.after)));
}

async function pairOf([path, before, after, pathAfter = path]: Change, textsBefore: ReadonlyMap<string, string>, textsAfter: ReadonlyMap<string, string>): Promise<FilePair> {
  return {
    before: before === null ? null : await sideOf(path, before, textsBefore.get(path)),
    after: after === null ? null : await sideOf(pathAfter, after, textsAfter.get(pathAfter)),
    touched: before !== after || path !== pathAfter,
  };
}

export function factsOf(pairs: readonly FilePair[], more: Partial<StepFacts> = {}): StepFacts {
  return {
    pairs,
    coverage: { tier: 'dependents', touched: [], dependents: [], measured: [], unmeasured: [], excluded: [], failed: [], proved: [], complete: false, disproved: null, overBudget: [] },
    safety: { applies: true, jailed: true },
    scope: editedSymbols(pairs),
    danglingReferences: [],
    scopeEscapes: [],
    neutralisedSettings: [],
    conf: null,
    learned: null,
    ...more,
  };
}

export async function rewardOf(changes: readonly Change[], options: Partial<RewardOptions> = {}, more: Partial<StepFacts> = {}): Promise<ProcessReward> {
  return processReward(factsOf(await pairsOf(changes), more), options);
}

export const gateNames = (reward: ProcessReward): string[] => reward.gates.map((gate) => gate.gate);
