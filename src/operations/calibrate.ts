import { canonicalJson } from '../base/canonical-json.js';
import { Failure } from '../base/failure.js';
import { groupBy } from '../base/group-by.js';
import { expectedCalibrationError, fitCalibration, reliability, riskCoverage, calibrated, round, type LabelledLogit, type ReliabilityBin } from '../reward/model/calibration.js';
import type { Head, ModelCard } from '../reward/model/card.js';
import type { RewardModel, Verdict } from '../reward/model/reward-model.js';
import { fitFusion, shareInOrder, type FreeWeights, type LabelledTask } from '../reward/model/fit-fusion.js';
import { normalisePatch } from '../reward/normalise-patch.js';
import type { RankCandidate, RankWeights } from '../reward/rank.js';
import type { ScoreRequest } from '../bundles/schema/lines.js';
import type { MeasuredLines } from './measured-lines.js';
import type { ScoreLine } from './score-line.js';

/** What a head says of the user's labelled patches, before its calibration was refitted and after; both on patches that it was not fitted on. */
export interface HeadReport {
  readonly head: Head;
  readonly patches: number;
  readonly before: { readonly error: number };
  readonly after: { readonly error: number; readonly bins: readonly ReliabilityBin[] };
}

/** What the weights of a ranking were fitted on, and the share of right-wrong pairs of one task in order, on tasks that were not fitted on. */
export interface FusionReport {
  /** Patches with measured facts. */
  readonly measured: number;
  readonly fitted: readonly (keyof RankWeights)[];
  readonly before: number | null;
  readonly after: number | null;
}

export interface CalibrationReport {
  readonly card: ModelCard;
  readonly fusion: FusionReport;
  readonly reports: readonly HeadReport[];
  readonly tasks: number;
  readonly unlabelled: number;
}

interface Labelled {
  readonly id: string | number;
  readonly request: ScoreRequest;
  readonly isRight: boolean;
  readonly task: string;
}

/** Fewer say nothing: a calibration from them would be a guess with four decimals. */
const LABELS_MIN = 30;
const FOLDS = 5;

/**
 * Refits what turns the model's logits into probabilities, and the weights of a ranking, from patches whose outcome is known.
 * The model itself stays as it is. Weights of measured facts are refitted where `measured` knows enough of the patches. Throws
 * E/BAD_ARGUMENT where there is too little to learn from.
 */
export async function calibrate(model: RewardModel, lines: AsyncIterable<ScoreLine>, name: string, measured: MeasuredLines | null): Promise<CalibrationReport> {
  const { labelled, unlabelled } = await readLabels(lines);
  const alone: Verdict[] = [];
  for (const { request } of labelled) alone.push(await model.scorePatch({ patch: request.patch, problem: request.problem_statement ?? '' }));
  const among = model.card.heads.group === undefined ? null : await groupVerdicts(model, labelled);
  const heads: [Head, readonly Verdict[]][] = [['patch', alone], ...(among === null ? [] : ([['group', among]] as [Head, readonly Verdict[]][]))];
  const card: ModelCard = structuredClone(model.card);
  const reports = heads.map(([head, verdicts]) => refit(card, head, labelled, verdicts));
  const seen = labelled.map(({ isRight }, index) => ({ logit: alone[index]?.logit ?? -Infinity, isRight })).filter(({ logit }) => Number.isFinite(logit));
  const scored = seen.map(({ logit, isRight }) => ({ p: calibrated(logit, card.heads.patch.calibration), isRight }));
  card.name = name;
  card.riskCoverage = riskCoverage(scored);
  const ps = (among ?? alone).map((verdict) => (Number.isFinite(verdict.logit) ? calibrated(verdict.logit, (card.heads[among === null ? 'patch' : 'group'] ?? card.heads.patch).calibration) : 0));
  const fusion = refitFusion(card, labelled.map((item, index) => ({ ...item, p: ps[index] ?? 0 })), measured);
  card.metrics = { ...card.metrics, calibration: { patches: labelled.length, errors: Object.fromEntries(reports.map(({ head, before, after }) => [head, { before: round(before.error), after: round(after.error) }])) } };
  return { card, reports, fusion, tasks: new Set(labelled.map(({ task }) => task)).size, unlabelled };
}

async function readLabels(lines: AsyncIterable<ScoreLine>): Promise<{ labelled: Labelled[]; unlabelled: number }> {
  const labelled: Labelled[] = [];
  let unlabelled = 0;
  for await (const { id, request } of lines) {
    if (request instanceof Failure) throw request;
    if (request.resolved === undefined) unlabelled += 1;
    else labelled.push({ id, request, isRight: request.resolved, task: request.instance_id ?? `line ${String(id)}` });
  }
  const right = labelled.filter(({ isRight }) => isRight).length;
  if (labelled.length >= LABELS_MIN && right >= 5 && labelled.length - right >= 5) return { labelled, unlabelled };
  throw new Failure('E/BAD_ARGUMENT', `${String(labelled.length)} labelled patches, ${String(right)} of them right, are too few to calibrate on`, {
    hint: `At least ${String(LABELS_MIN)} lines with "resolved" are needed, 5 of each kind. No card was written.`,
  });
}

async function groupVerdicts(model: RewardModel, labelled: readonly Labelled[]): Promise<Verdict[]> {
  const verdicts = new Map<Labelled, Verdict>();
  for (const members of groupBy(labelled, ({ task }) => task).values()) {
    const scored = await model.scoreGroup(members.map(({ request }) => ({ patch: request.patch, problem: request.problem_statement ?? '', system: request.system ?? null })));
    for (const [index, member] of members.entries()) if (scored?.[index] !== undefined) verdicts.set(member, scored[index]);
  }
  return labelled.map((item) => verdicts.get(item) ?? { p: 0, logit: -Infinity, abstain: true, reason: null });
}

/** Writes the head's new calibration into the card, and reports what it is worth on tasks that it was not fitted on. */
function refit(card: ModelCard, head: Head, labelled: readonly Labelled[], verdicts: readonly Verdict[]): HeadReport {
  // A patch that changes nothing has p = 0 by rule, not by logit.
  const labels = labelled.map(({ isRight, task }, index) => ({ isRight, task, logit: verdicts[index]?.logit ?? -Infinity })).filter(({ logit }) => Number.isFinite(logit));
  const entry = card.heads[head] ?? card.heads.patch;
  const before = reliability(labels.map(({ logit, isRight }) => ({ p: calibrated(logit, entry.calibration), isRight })));
  const tasks = [...new Set(labels.map(({ task }) => task))].sort();
  const foldOf = new Map(tasks.map((task, index) => [task, index % FOLDS]));
  const unseen = Array.from({ length: FOLDS }, (_, fold) => {
    const held = (label: LabelledLogit & { readonly task: string }): boolean => foldOf.get(label.task) === fold;
    const fitted = fitCalibration(labels.filter((label) => !held(label)));
    return labels.filter(held).map(({ logit, isRight }) => ({ p: calibrated(logit, fitted), isRight }));
  }).flat();
  const bins = reliability(unseen);
  card.heads[head] = { ...entry, calibration: fitCalibration(labels) };
  return { head, patches: labels.length, before: { error: expectedCalibrationError(before) }, after: { error: expectedCalibrationError(bins), bins } };
}

/** How far from where it is a weight may well lie: the scale of φ_D is an arbitrary one. */
const REACH: Required<FreeWeights> = { p: 1, consensus: 1, facts: 4, safety: 4 };

/** Writes new weights of a ranking into the card. A head that saw the other candidates needs no agreement beside it. */
function refitFusion(card: ModelCard, labelled: readonly (Labelled & { readonly p: number })[], measured: MeasuredLines | null): FusionReport {
  const start: RankWeights = card.heads.group === undefined ? card.fusion : { ...card.fusion, p: 1, consensus: 0 };
  const items = labelled.map(({ id, request, task, isRight, p }) => {
    const reward = measured?.rewardOf(id, request.patch) ?? null;
    const candidate: RankCandidate = { id, system: request.system ?? null, patch: normalisePatch(request.patch), reward, p };
    return { task, isRight, candidate, isMeasured: reward !== null && !reward.abstain };
  });
  const known = items.filter(({ isMeasured }) => isMeasured);
  if (measured !== null && known.length === 0) {
    throw new Failure('E/BAD_ARGUMENT', 'none of the labelled patches was measured in the file of facts', { hint: 'Make it of the same lines: assay score FILE --bundles > FACTS. Lines are matched by id and patch. No card was written.' });
  }
  const areEnough = known.length >= LABELS_MIN && Math.min(known.filter(({ isRight }) => isRight).length, known.filter(({ isRight }) => !isRight).length) >= 5;
  const names: (keyof RankWeights)[] = [...(card.heads.group === undefined ? (['p', 'consensus'] as const) : []), ...(areEnough ? (['facts', 'safety'] as const) : [])];
  const free = Object.fromEntries(names.map((name) => [name, REACH[name]]));
  const tasks = [...groupBy(items, ({ task }) => task).values()];
  card.fusion = fitFusion(tasks, start, free);
  const fitOthers = (fold: number): RankWeights => fitFusion(tasks.filter((_, index) => index % FOLDS !== fold), start, free);
  return { measured: known.length, fitted: names.filter((name) => card.fusion[name] !== start[name]), before: shareInOrder(tasks, start), after: unseenShare(tasks, fitOthers) };
}

/** The share in order over all tasks, each by weights that were fitted on the others. */
function unseenShare(tasks: readonly LabelledTask[], fitOthers: (fold: number) => RankWeights): number | null {
  const shares = Array.from({ length: FOLDS }, (_, fold) => fold).flatMap((fold) => {
    const weights = fitOthers(fold);
    return tasks.filter((_, index) => index % FOLDS === fold).flatMap((task) => shareInOrder([task], weights) ?? []);
  });
  return shares.length === 0 ? null : shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

/** The bytes of a card file. */
export function cardText(card: ModelCard): string {
  return `${JSON.stringify(JSON.parse(canonicalJson(card)), null, 2)}\n`;
}
