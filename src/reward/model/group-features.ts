import type { CodeLine } from './code-lines.js';
import type { LivePatch } from './live-patch.js';

/** One of several patches for the same task. */
export interface GroupCandidate {
  /** Who made it; null when that is not known. Only ever used to count votes. */
  readonly system: string | null;
  readonly patch: LivePatch;
  /** Its own features, by name. */
  readonly own: Readonly<Record<string, number>>;
}

const LIKENESSES = ['tokens', 'pairs', 'regions', 'files', 'added', 'removed', 'lines', 'in', 'out', 'touches'] as const;
type Likeness = Record<(typeof LIKENESSES)[number], number>;

const PEAKS = ['pairs', 'regions', 'lines'] as const;
const RELATIVE = ['pairs', 'regions', 'files', 'added', 'removed', 'touches'] as const;
const OWN = ['tests', 'scratch', 'files', 'runs', 'longest', 'added', 'removed', 'new_names', 'context_in_issue', 'net_added'];
const TOP_VOTES = 3;

/** What two candidates are compared by. */
interface Content {
  readonly key: string;
  readonly tokens: Set<string>;
  readonly pairs: Set<string>;
  readonly regions: Set<string>;
  readonly files: Set<string>;
  readonly lines: Set<string>;
  readonly added: Map<string, number>;
  readonly removed: Map<string, number>;
}

/**
 * Returns what the model reads of every candidate among the others, by name. No order of the candidates has a part in it, a
 * system has one vote however many patches it hands in, and copies count once. The twin of training/group.py: all sums are
 * taken over sorted values, so that both give the same to the last bit.
 */
export function groupFeatures(candidates: readonly GroupCandidate[]): Record<string, number>[] {
  const contents = candidates.map(({ patch }) => contentOf(patch));
  const likeness = contents.map((a) => contents.map((b) => likenessOf(a, b)));
  const voters = candidates.map((_, me) => votersOf(me, candidates, contents));
  const rows = voters.map((groups, me) => voteFeatures(groups, likeness[me] ?? []));
  const pairsOf = (index: number): number => rows[index]?.['mean_pairs'] ?? 0;
  return rows.map((row, me) => {
    // How much those that are like this one agree with everybody: a second round of the vote.
    const centre = mean(sorted((voters[me] ?? []).map((group) => mean(sorted(group.map((other) => (likeness[me]?.[other]?.pairs ?? 0) * pairsOf(other)))))));
    return { ...row, centre, ...relativeFeatures(row, rows), ...ownFeatures(me, candidates) };
  });
}

function voteFeatures(voters: readonly (readonly number[])[], likeness: readonly Likeness[]): Record<string, number> {
  const row: Record<string, number> = {};
  for (const name of LIKENESSES) {
    const votes = sorted(voters.map((group) => mean(sorted(group.map((other) => likeness[other]?.[name] ?? 0)))));
    row[`mean_${name}`] = mean(votes);
    if ((PEAKS as readonly string[]).includes(name)) row[`peak_${name}`] = votes.at(-1) ?? 0;
    if (name === 'pairs') row['top_pairs'] = mean(votes.slice(-TOP_VOTES));
  }
  return row;
}

function relativeFeatures(row: Readonly<Record<string, number>>, rows: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const out: Record<string, number> = {};
  for (const name of RELATIVE) {
    const values = sorted(rows.map((other) => other[`mean_${name}`] ?? 0));
    const mine = row[`mean_${name}`] ?? 0;
    out[`above_${name}`] = mine - mean(values);
    out[`below_${name}`] = (values.at(-1) ?? 0) - mine;
  }
  return out;
}

function ownFeatures(me: number, candidates: readonly GroupCandidate[]): Record<string, number> {
  const out: Record<string, number> = {};
  for (const name of OWN) {
    const average = mean(sorted(candidates.map(({ own }) => own[name] ?? 0)));
    const mine = candidates[me]?.own[name] ?? 0;
    out[`own_${name}`] = (mine - average) / (1 + mine + average);
  }
  return out;
}

/** The others by who made them; without a name, every different patch speaks for itself. */
function votersOf(me: number, candidates: readonly GroupCandidate[], contents: readonly Content[]): number[][] {
  const own = { system: candidates[me]?.system ?? null, key: contents[me]?.key };
  const byVoter = new Map<string, Map<string, number>>();
  for (const [other, { system }] of candidates.entries()) {
    const key = contents[other]?.key ?? '';
    if (other === me || (key === own.key && (system === null || system === own.system))) continue;
    const voter = system === null ? `key ${key}` : `system ${system}`;
    const patches = byVoter.get(voter) ?? new Map<string, number>();
    if (!patches.has(key)) patches.set(key, other);
    byVoter.set(voter, patches);
  }
  return [...byVoter.values()].map((patches) => [...patches.values()]);
}

function contentOf(patch: LivePatch): Content {
  const content: Content = { key: keyOf(patch), tokens: new Set(), pairs: new Set(), regions: new Set(), files: new Set(), lines: new Set(), added: new Map(), removed: new Map() };
  for (const hunk of patch.hunks) {
    content.files.add(hunk.path);
    let at = hunk.start;
    for (const line of hunk.written) {
      if (line.tag !== ' ' && line.tokens.length > 0) readLine(content, hunk.path, line, at);
      if (line.tag !== '+') at += 1;
    }
  }
  return content;
}

function readLine(content: Content, path: string, { tag, tokens }: CodeLine, at: number): void {
  content.regions.add(`${path} ${String(at)}`);
  if (tag === '+') {
    content.regions.add(`${path} ${String(at - 1)}`);
    content.lines.add(`${path} ${tokens.join(' ')}`);
  }
  const counts = tag === '+' ? content.added : content.removed;
  const seen: string[] = [tag];
  for (const token of tokens) {
    content.tokens.add(tag + token);
    counts.set(token, (counts.get(token) ?? 0) + 1);
    content.pairs.add([...seen.slice(-1), token].join(' '));
    if (seen.length > 1) content.pairs.add([...seen.slice(-2), token].join(' '));
    seen.push(token);
  }
}

/** Equal for patches that change the same code of the same files in the same way, wherever their comments are. */
function keyOf(patch: LivePatch): string {
  return patch.hunks
    .flatMap((hunk) => hunk.written.filter(({ tag, tokens }) => tag !== ' ' && tokens.length > 0).map(({ tag, tokens }) => `${hunk.path} ${tag} ${tokens.join(' ')}`))
    .sort()
    .join('\n');
}

function likenessOf(a: Content, b: Content): Likeness {
  const shared = sharedOf(a.pairs, b.pairs);
  return {
    tokens: jaccard(a.tokens, b.tokens),
    pairs: jaccard(a.pairs, b.pairs),
    regions: jaccard(a.regions, b.regions),
    files: jaccard(a.files, b.files),
    added: bagJaccard(a.added, b.added),
    removed: bagJaccard(a.removed, b.removed),
    lines: jaccard(a.lines, b.lines),
    in: shared / Math.max(1, a.pairs.size),
    out: shared / Math.max(1, b.pairs.size),
    touches: sharedOf(a.regions, b.regions) > 0 ? 1 : 0,
  };
}

function sharedOf(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0;
  for (const item of a) if (b.has(item)) shared += 1;
  return shared;
}

function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const shared = sharedOf(a, b);
  return shared / Math.max(1, a.size + b.size - shared);
}

function bagJaccard(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  let [shared, total] = [0, 0];
  for (const [token, count] of a) {
    shared += Math.min(count, b.get(token) ?? 0);
    total += count;
  }
  for (const count of b.values()) total += count;
  return shared / Math.max(1, total - shared);
}

function sorted(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
