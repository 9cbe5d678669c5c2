import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { groupFeatures } from '../../../src/reward/model/group-features.js';
import { readIssue } from '../../../src/reward/model/issue.js';
import { readLivePatch } from '../../../src/reward/model/live-patch.js';
import { patchFeatures } from '../../../src/reward/model/patch-features.js';
import { kindOfAction } from '../../../src/reward/model/step-features.js';

interface Vectors {
  readonly actions: readonly (readonly [action: string, isEdit: boolean, kind: string])[];
  readonly own: readonly string[];
  readonly group: readonly string[];
  readonly tasks: readonly { readonly issue: string; readonly candidates: readonly { readonly system: string | null; readonly patch: string; readonly seen: boolean; readonly changes: boolean; readonly strings: boolean; readonly own: readonly number[]; readonly group: readonly number[] }[] }[];
}

const vectors = JSON.parse(readFileSync('fixtures/model/vectors.json', 'utf8')) as Vectors;

function read(task: Vectors['tasks'][number]): { readonly own: Record<string, number>[]; readonly group: Record<string, number>[] } {
  const issue = readIssue(task.issue);
  const candidates = task.candidates.map(({ patch, system }) => ({ system, patch: readLivePatch(patch), own: patchFeatures(readLivePatch(patch), issue) }));
  return { own: candidates.map(({ own }) => own), group: groupFeatures(candidates) };
}

test('the numbers of a patch are those that training reads, to the last bit', () => {
  expect(vectors.tasks.flatMap((task) => task.candidates).length).toBeGreaterThan(100);
  for (const task of vectors.tasks) {
    const { own } = read(task);
    for (const [index, candidate] of task.candidates.entries()) expect(vectors.own.map((name) => own[index]?.[name]), candidate.patch).toEqual(candidate.own);
  }
});

test('the numbers of a patch among others are those that training reads, to the last bit', () => {
  for (const task of vectors.tasks) {
    const { group } = read(task);
    for (const [index, candidate] of task.candidates.entries()) expect(vectors.group.map((name) => group[index]?.[name]), candidate.patch).toEqual(candidate.group);
  }
});

test('training and assay agree on which patches the model sees something of, and which change anything', () => {
  const found = vectors.tasks.flatMap((task) => task.candidates).map(({ patch, seen, changes, strings }) => ({ patch, wanted: [seen, changes, strings], live: readLivePatch(patch) }));
  for (const { patch, wanted, live } of found) expect([live.changesSource, live.changesCode, live.changesStrings], patch).toEqual(wanted);
  expect(new Set(found.map(({ wanted }) => wanted.join()))).toContain('false,true,false');
});

test('actions are told apart as training tells them apart', () => {
  expect(vectors.actions.length).toBeGreaterThan(40);
  for (const [action, isEdit, kind] of vectors.actions) expect(kindOfAction(action, isEdit), action).toBe(kind);
});

test('the vectors name every number, and the model reads only these', () => {
  const [task] = vectors.tasks;
  const { own, group } = read(task ?? { issue: '', candidates: [] });
  expect(Object.keys(own[0] ?? {})).toEqual(vectors.own);
  expect(Object.keys(group[0] ?? {}).sort()).toEqual([...vectors.group].sort());
});

test('the order of the candidates has no part in their numbers', () => {
  for (const task of vectors.tasks) {
    const there = read(task).group;
    const back = read({ ...task, candidates: task.candidates.toReversed() }).group.toReversed();
    expect(back).toEqual(there);
  }
});

test('ten copies of a patch by one agent, or by nobody in particular, add no vote for it', () => {
  const own = {};
  const hunk = (line: string): ReturnType<typeof readLivePatch> => readLivePatch(`--- a/x.py\n+++ b/x.py\n@@ -1,1 +1,1 @@\n-old(a)\n+${line}\n`);
  const [bad, good] = [hunk('bad(a, b)'), hunk('good(a)')];
  for (const system of ['spoofer', null]) {
    const votes = (copies: number): number[] => {
      const group = [...Array<typeof bad>(copies).fill(bad), good].map((patch, index) => ({ system: index < copies ? system : 'honest', patch, own }));
      return groupFeatures(group).map((features) => features['mean_pairs'] ?? NaN);
    };
    const [one, ten] = [votes(1), votes(10)];
    expect(ten[0]).toBe(one[0]);
    expect(ten.at(-1)).toBe(one.at(-1));
  }
});
