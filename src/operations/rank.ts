import { canonicalJson } from '../base/canonical-json.js';
import { Failure } from '../base/failure.js';
import type { RankRecord } from '../bundles/schema/lines.js';
import { groupBy } from '../reward/group-by.js';
import { normalisePatch } from '../reward/normalise-patch.js';
import { rankCandidates, type RankCandidate } from '../reward/rank.js';
import type { PricedLine } from './score.js';

/** The task of lines that name none. */
const ONE_TASK = '';

/** Orders the patches of each task, best first; tasks in the order in which they first come. A line that cannot be read is left out. */
export function rankLines(priced: readonly PricedLine[]): RankRecord[] {
  return [...groupBy(priced.flatMap(readable), ({ request }) => request.instance_id ?? ONE_TASK)].map(([task, lines]) => ({
    instance_id: task,
    order: rankCandidates(lines.map(candidateOf)).map(({ id, score, reasons }) => ({ id, score, reasons })),
  }));
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

function candidateOf({ line, request }: ReadableLine): RankCandidate {
  const { bundle } = line;
  return {
    id: line.line.id,
    system: request.system ?? null,
    patch: normalisePatch(request.patch),
    reward: bundle.processReward,
    refusal: bundle.error === undefined || UNKNOWN.has(bundle.error.code) ? null : bundle.error.message,
    p: bundle.processReward?.model?.p ?? null,
  };
}

/** A patch that cannot be applied or read is worth nothing; a server that failed says nothing about it. */
const UNKNOWN: ReadonlySet<string> = new Set(['E/LS_TIMEOUT', 'E/LS_CRASH', 'E/UNSUPPORTED_CAP', 'E/REQUEST_CANCELLED', 'E/CONTENT_MODIFIED', 'E/INTERNAL']);
