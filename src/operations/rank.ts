import { canonicalJson } from '../base/canonical-json.js';
import { Failure } from '../base/failure.js';
import type { RankRecord } from '../bundles/schema/lines.js';
import { groupBy } from '../base/group-by.js';
import { normalisePatch } from '../reward/normalise-patch.js';
import { DEFAULT_RANK_WEIGHTS, rankCandidates, type RankCandidate } from '../reward/rank.js';
import type { RewardModel, Verdict } from '../reward/model/reward-model.js';
import type { GroupInput } from '../reward/model/scorer.js';
import { isModelOnly } from './model-only.js';
import type { PricedLine } from './score-line.js';

/** The task of lines that name none. */
const ONE_TASK = '';

/** Orders the patches of each task, best first; tasks in the order in which they first come. A line that cannot be read is left out. */
export async function* rankLines(priced: readonly PricedLine[], model: RewardModel | null): AsyncGenerator<RankRecord> {
  for (const [task, lines] of groupBy(priced.flatMap(readable), ({ request }) => request.instance_id ?? ONE_TASK)) {
    const verdicts = model === null ? null : await model.scoreGroup(lines.filter(isPatch).map(groupInput));
    const byLine = new Map(lines.filter(isPatch).map((line, index) => [line, verdicts?.[index] ?? null]));
    const ranked = rankCandidates(
      lines.map((line) => candidateOf(line, byLine.get(line) ?? null)),
      model?.card.fusion ?? DEFAULT_RANK_WEIGHTS,
    );
    yield { instance_id: task, order: ranked.map(({ id, score, reasons }) => ({ id, score, reasons })) };
  }
}

export function rankRecordLine(record: RankRecord): string {
  return canonicalJson(record);
}

interface ReadableLine {
  readonly line: PricedLine;
  readonly request: Exclude<PricedLine['line']['request'], Failure>;
}

function readable(line: PricedLine): ReadableLine[] {
  return line.line.request instanceof Failure ? [] : [{ line, request: line.line.request }];
}

/** What does not apply is no candidate, and so no vote. */
function isPatch({ line }: ReadableLine): boolean {
  return refusalOf(line) === null;
}

function groupInput({ request }: ReadableLine): GroupInput {
  return { patch: request.patch, problem: request.problem_statement ?? '', system: request.system ?? null };
}

/** What the model says of a candidate among the others counts; of one alone only where the model does not look at others. */
function candidateOf({ line, request }: ReadableLine, among: Verdict | null): RankCandidate {
  const { bundle } = line;
  return {
    id: line.line.id,
    system: request.system ?? null,
    patch: normalisePatch(request.patch),
    reward: isModelOnly(bundle) ? null : bundle.processReward,
    refusal: refusalOf(line),
    p: among?.p ?? bundle.processReward?.model?.p ?? null,
  };
}

function refusalOf({ bundle }: PricedLine): string | null {
  if (isModelOnly(bundle) && bundle.processReward?.gates.length !== 0) return bundle.error?.message ?? 'ruled out by the gate no-op';
  return bundle.error === undefined || UNKNOWN.has(bundle.error.code) ? null : bundle.error.message;
}

/** A patch that cannot be applied or read is worth nothing; a server that failed says nothing about it. */
const UNKNOWN: ReadonlySet<string> = new Set(['E/LS_TIMEOUT', 'E/LS_CRASH', 'E/UNSUPPORTED_CAP', 'E/REQUEST_CANCELLED', 'E/CONTENT_MODIFIED', 'E/INTERNAL']);
