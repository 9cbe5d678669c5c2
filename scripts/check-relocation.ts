// Measures relocation on recorded cases: npm run check:relocation -- CASES REPO…
// CASES is JSONL (or .gz); each REPO a Git directory, bare or not, whose path holds the repository's name as owner/name,
// owner+name or name. Cases of repositories that are not given are counted and left out. Exits 1 when a target is missed.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parseSelector } from '../src/selectors/grammar.js';
import { languageOf } from '../src/selectors/languages.js';
import { SideCache } from '../src/selectors/relocation-side.js';
import { THRESHOLDS } from '../src/selectors/relocation-verdict.js';
import { resolveSelector } from '../src/selectors/resolve-selector.js';
import { judge, readCases, selectorsOf, type RelocationCase } from './relocation/cases.js';
import { distanceGroup, printFigures, type Outcome } from './relocation/figures.js';
import { printCalibration, printThresholdChoice } from './relocation/fit.js';
import { GitHistory } from './relocation/git-history.js';
import { printTargets } from './relocation/targets.js';

const [casesFile, ...repositories] = process.argv.slice(2);
if (casesFile === undefined || repositories.length === 0) {
  process.stderr.write('usage: npm run check:relocation -- CASES REPO…\n');
  process.exitCode = 2;
} else process.exitCode = await check(readCases(casesFile), repositories);

async function check(cases: readonly RelocationCase[], folders: readonly string[]): Promise<number> {
  const histories = new Map<string, GitHistory>();
  for (const repository of new Set(cases.map((item) => item.repo))) {
    const folder = folders.find((candidate) => [repository, repository.replace('/', '+'), repository.split('/')[1] ?? ''].some((name) => candidate.includes(name)));
    if (folder !== undefined) histories.set(repository, new GitHistory(folder));
  }
  const usable = cases.filter((item) => histories.has(item.repo));
  console.log(`${String(usable.length)} cases of ${String(histories.size)} repositories; ${String(cases.length - usable.length)} left out for want of their repository`);
  const outcomes: Outcome[] = [];
  const times: Timed[] = [];
  const cache = new SideCache();
  for (const item of usable) {
    const history = histories.get(item.repo);
    if (history !== undefined) await resolveCase(item, history, cache, outcomes, times);
  }
  report(outcomes, times);
  await printIndexCost(usable, histories);
  for (const history of histories.values()) history.close();
  return printTargets(outcomes) ? 0 : 1;
}

async function resolveCase(item: RelocationCase, history: GitHistory, cache: SideCache, outcomes: Outcome[], times: Timed[]): Promise<void> {
  const port = history.at(item.commit_b);
  for (const { form, text } of selectorsOf(item)) {
    const started = performance.now();
    const resolution = await resolveSelector(parseSelector(text), port, cache, { indexIo: 'utf-16' });
    const ms = performance.now() - started;
    const [best, second] = resolution.candidates;
    times.push({ ms, kind: form === 'context' ? 'in the present' : best?.evidence === 'exact' ? 'file unchanged' : best?.path === item.file_a ? 'in the file' : 'elsewhere or gone' });
    const place = { path: best?.path ?? '', line: best?.range[0] ?? -1, character: best?.range[1] ?? -1 };
    outcomes.push({
      item,
      form,
      judgement: judge(item, { kind: resolution.kind, ...place }),
      isBestRight: item.expected.status === 'RESOLVED' && judge(item, { kind: 'found', ...place }) === 'right',
      hasCandidate: best !== undefined,
      score: best?.score ?? 0,
      lead: (best?.score ?? 0) - (second?.score ?? 0),
      alphaConf: resolution.alphaConf,
    });
  }
}

/** What the oracle itself calls ambiguous at a distance is listed, not counted: a tool that aligns may rightly answer. */
function report(outcomes: readonly Outcome[], times: readonly Timed[]): void {
  const away = outcomes.filter(({ item }) => item.distance > 0 && !item.category.startsWith('ambiguous'));
  const pinned = away.filter(({ form }) => form !== 'context');
  const unpinned = away.filter(({ form }) => form === 'context');
  printFigures('all, with v', pinned, () => 'all');
  printFigures('by form, with v', pinned, ({ form }) => form);
  printFigures('by language, with v', pinned, ({ item }) => item.language);
  printFigures('by distance, with v', pinned, ({ item }) => distanceGroup(item.distance));
  printFigures('by repository, with v', pinned, ({ item }) => item.repo);
  printFigures('by category, with v', pinned, ({ item }) => item.category);
  printFigures('by form and language, with v', pinned, ({ item, form }) => `${form} ${item.language}`);
  printFigures('anchor by its own context, without v', unpinned, () => 'all');
  printFigures('by language, without v', unpinned, ({ item }) => item.language);
  printFigures('by distance, without v', unpinned, ({ item }) => distanceGroup(item.distance));
  printFigures('by category, without v', unpinned, ({ item }) => item.category);
  printFigures('distance 0', outcomes.filter(({ item }) => item.distance === 0), ({ item }) => item.category);
  printFigures('ambiguous to the oracle, not counted', outcomes.filter(({ item }) => item.distance > 0 && item.category.startsWith('ambiguous')), ({ item }) => item.category);
  printThresholdChoice('thresholds with v', pinned, THRESHOLDS.pinned, 0.002);
  printThresholdChoice('thresholds without v', unpinned, THRESHOLDS.unpinned, 0.01);
  printCalibration(outcomes);
  console.log('');
  for (const kind of new Set(times.map((time) => time.kind))) printTimes(kind, times.filter((time) => time.kind === kind));
  printTimes('all', times);
  console.log(`resident ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB`);
}

interface Timed {
  readonly ms: number;
  readonly kind: string;
}

function printTimes(title: string, times: readonly Timed[]): void {
  const sorted = times.map((time) => time.ms).sort((a, b) => a - b);
  const quantile = (share: number): string => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(2);
  console.log(`time, ${title.padEnd(18)} n ${String(times.length).padStart(6)}  p50 ${quantile(0.5)} ms  p95 ${quantile(0.95)} ms  max ${quantile(1)} ms`);
}

/** Parses the present of the last cases of every repository, up to 1,000 different files, and prints what that costs. */
async function printIndexCost(cases: readonly RelocationCase[], histories: ReadonlyMap<string, GitHistory>): Promise<void> {
  const texts = new Map<string, string>();
  for (const item of [...cases].reverse()) {
    if (texts.size >= 1000) break;
    const port = histories.get(item.repo)?.at(item.commit_b);
    for (const path of (await port?.pathsNow()) ?? []) {
      const text = languageOf(path) === null ? null : ((await port?.textNow(path)) ?? null);
      if (text !== null && texts.size < 1000) texts.set(text, path);
    }
  }
  const cache = new SideCache();
  const collect = garbageCollector();
  collect();
  const before = process.memoryUsage();
  const started = performance.now();
  const sides = [];
  for (const [text, path] of texts) sides.push(await cache.sideOf(path, text));
  const ms = performance.now() - started;
  collect();
  const after = process.memoryUsage();
  const megabytes = (after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers) / 1e6;
  const characters = [...texts.keys()].reduce((sum, text) => sum + text.length, 0);
  const declarations = sides.reduce((sum, side) => sum + (side.structure?.declarations.length ?? 0), 0);
  console.log(`index of ${String(texts.size)} files: ${(characters / 1e6).toFixed(1)} M characters, ${String(declarations)} declarations, ${megabytes.toFixed(0)} MB of heap, ${ms.toFixed(0)} ms`);
}

/** Node hands its collector out only when asked by a flag. */
function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
