import { Failure } from '../../base/failure.js';
import type { ModelCard } from './card.js';
import { groupFeatures } from './group-features.js';
import { readIssue } from './issue.js';
import { readLivePatch } from './live-patch.js';
import type { OnnxSession } from './onnx-session.js';
import { patchFeatures } from './patch-features.js';
import type { RawHunkScore, RawScore, Scorer } from './scorer.js';
import { stepFeatures } from './step-features.js';

type Features = Readonly<Record<string, number>>;
type FeatureInput = Extract<ModelCard['input'], { kind: 'features' }>;

/** Returns the heads of a model that reads named numbers. Throws E/VERSION_SKEW when card, model and this version do not fit together. */
export function featureScorer(card: ModelCard, input: FeatureInput, session: OnnxSession): Scorer {
  checkShapes(card, input, session);
  const run = async (head: keyof ModelCard['heads'], features: Features): Promise<RawScore> => {
    const { output } = card.heads[head] ?? card.heads.patch;
    const novelty = card.abstain.novelty?.output ?? null;
    const data = Float32Array.from(input.names, (name) => features[name] ?? 0);
    const values = await session.run([{ name: input.tensor, type: 'float32', data, dims: [1, data.length] }], novelty === null ? [output] : [output, novelty]);
    return { logit: only(values[output]), novelty: novelty === null ? null : only(values[novelty]), oversize: oversizeOf(card, features) };
  };
  return {
    patch: ({ patch, problem }) => run('patch', patchFeatures(readLivePatch(patch), readIssue(problem))),
    hunks: async ({ patch, problem }) => {
      const live = readLivePatch(patch);
      const issue = readIssue(problem);
      const scores: RawHunkScore[] = [];
      for (const hunk of live.hunks) {
        const alone = { hunks: [hunk], addingTests: new Set<string>(), scratch: new Set<string>(), other: new Set<string>(), changesSource: true, changesCode: true, changesStrings: false };
        scores.push({ path: hunk.path, start: hunk.start, span: hunk.span, ...(await run('hunk', patchFeatures(alone, issue))) });
      }
      return scores;
    },
    step: ({ patch, problem }, steps) => run('step', { ...patchFeatures(readLivePatch(patch), readIssue(problem)), ...stepFeatures(steps) }),
    group: async (candidates) => {
      if (card.heads.group === undefined) return null;
      const own = candidates.map(({ patch, problem }) => ({ live: readLivePatch(patch), issue: readIssue(problem) })).map(({ live, issue }) => ({ live, features: patchFeatures(live, issue) }));
      const shared = groupFeatures(own.map(({ live, features }, index) => ({ system: candidates[index]?.system ?? null, patch: live, own: features })));
      const scores: RawScore[] = [];
      for (const [index, { features }] of own.entries()) scores.push(await run('group', { ...features, ...shared[index] }));
      return scores;
    },
  };
}

function checkShapes(card: ModelCard, input: FeatureInput, session: OnnxSession): void {
  const [found] = session.inputs;
  const width = found?.shape[1] ?? null;
  if (session.inputs.length !== 1 || found?.name !== input.tensor || found.type !== 'float32' || found.shape.length !== 2 || (width !== null && width !== input.names.length)) {
    throw skew(`the card says that the model reads ${input.tensor}, float32 [1, ${String(input.names.length)}]; it reads ${describe(session.inputs)}`);
  }
  const wanted = [...Object.values(card.heads).map((head) => head.output), ...(card.abstain.novelty === null ? [] : [card.abstain.novelty.output])];
  const missing = wanted.filter((name) => !session.outputs.some((output) => output.name === name));
  if (missing.length > 0) throw skew(`the card names outputs that the model does not have: ${missing.join(', ')}`);
  const known = new Set(knownNames());
  const unknown = [...input.names, ...Object.keys(card.abstain.sizes ?? {})].filter((name) => !known.has(name));
  if (unknown.length > 0) throw skew(`the card names numbers that this version does not make: ${unknown.join(', ')}`);
}

/** Every name that a card may list. */
function knownNames(): string[] {
  const nothing = readLivePatch('');
  const own = patchFeatures(nothing, readIssue(''));
  const [shared = {}] = groupFeatures([{ system: null, patch: nothing, own }]);
  return [own, shared, stepFeatures({ steps: 0, searches: 0, views: 0, edits: 0, runs: 0 })].flatMap((features) => Object.keys(features));
}

function oversizeOf({ abstain }: ModelCard, features: Features): string | null {
  const found = Object.entries(abstain.sizes ?? {}).find(([name, most]) => (features[name] ?? 0) > most);
  return found === undefined ? null : `${found[0]} ${String(features[found[0]])}, at most ${String(found[1])}`;
}

function describe(inputs: OnnxSession['inputs']): string {
  return inputs.map(({ name, type, shape }) => `${name}, ${type} [${shape.map((size) => (size === null ? '?' : String(size))).join(', ')}]`).join(' and ');
}

function skew(message: string): Failure {
  return new Failure('E/VERSION_SKEW', message, { hint: 'Use the card that was made with this model and this version. Nothing was scored.' });
}

function only(values: Float32Array | undefined): number {
  const [value] = values ?? [];
  if (value === undefined || values?.length !== 1 || !Number.isFinite(value)) throw skew('the model gives something other than one finite number');
  return value;
}
