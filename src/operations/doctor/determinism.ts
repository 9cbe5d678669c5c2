import { canonicalJson, type Json } from '../../base/canonical-json.js';
import { Failure } from '../../base/failure.js';
import { shuffled } from '../../base/shuffled.js';
import { uriFromPath } from '../../base/relative-uri.js';
import { canonicalFacts } from '../../bundles/build-bundle.js';
import { withoutMessages } from '../../bundles/without-messages.js';
import { firstPage } from '../../bundles/page-locations.js';
import type { BundleDiagnostic } from '../../bundles/schema/diagnostic.js';
import type { UnstableFact } from '../../bundles/schema/unstable.js';
import type { ServerSpec } from '../../lsp/server-spec.js';
import type { Snapshot } from '../../workspace/snapshot.js';
import { usageAddress } from '../address-of.js';
import { diag } from '../diag.js';
import { hover } from '../hover.js';
import { definition, references } from '../navigate.js';
import type { Answer } from '../operation.js';
import { contentOf } from '../unstable-facts.js';
import { Workbench } from '../workbench.js';
import { sampleQuestions, type SampledQuestion } from './sample-questions.js';

/** What became of asking a server the same again and again. */
export interface Hunt {
  readonly asked: number;
  readonly answersEach: number;
  readonly unstable: readonly UnstableFact[];
  /** How many diagnostics differed in nothing but their message, which no hash and no reward holds. */
  readonly reworded: number;
  readonly server: UnstableFact['server'] | null;
}

type Cause = UnstableFact['differs'];

/** The answers to one question: those of fresh servers in each order, then those of the same servers asked again. */
interface Answers<T> {
  readonly first: readonly T[];
  readonly again: readonly T[];
}

const ANSWERS_EACH = 8;

/**
 * Asks a server a sample of questions about the files in four fresh processes: twice in the order of places, then backwards, then
 * shuffled, and each of them all of it twice; and returns what was not the same every time. What is compared is what bundles hold, so that
 * an order of ties, which bundles put right, is no difference. Throws what a server fails with.
 */
export async function huntUnstable(bench: Workbench, spec: ServerSpec, files: readonly string[], snapshot: Snapshot, sample: { readonly count: number; readonly seed: number }): Promise<Hunt> {
  const questions = await sampleQuestions(bench.sources, snapshot, files, sample);
  const orders = [questions, questions, [...questions].reverse(), shuffled(questions, sample.seed)];
  const first: Map<SampledQuestion, Answer>[] = [];
  const again: Map<SampledQuestion, Answer>[] = [];
  for (const order of orders) {
    const fresh = await Workbench.open({ ...bench.options, workspace: bench.workspace.root });
    try {
      await fresh.inRequest({}, async () => {
        first.push(await askAll(fresh, order));
        again.push(await askAll(fresh, order));
      });
    } finally {
      await fresh.close();
    }
  }
  const unstable: UnstableFact[] = [];
  let reworded = 0;
  const server = serverIn(first, spec);
  for (const question of questions) {
    const answers = { first: first.map((each) => answerTo(each, question)), again: again.map((each) => answerTo(each, question)) };
    if (answers.first.some(({ snapshot: seen }) => seen !== snapshot.digest)) throw changedMeanwhile(question);
    if (server === null) continue;
    const found = question.cmd === 'diag' ? await unstableDiagnostics(bench, snapshot, question, answers) : await unstableAnswer(bench, snapshot, question, answers);
    unstable.push(...found.map((fact) => ({ ...fact, server })));
    if (question.cmd === 'diag' && found.length === 0) reworded += rewordedIn(answers);
  }
  return { asked: questions.length, answersEach: ANSWERS_EACH, unstable, reworded, server };
}

async function askAll(fresh: Workbench, questions: readonly SampledQuestion[]): Promise<Map<SampledQuestion, Answer>> {
  const answers = new Map<SampledQuestion, Answer>();
  for (const question of questions) answers.set(question, await ask(fresh, question));
  return answers;
}

async function ask(fresh: Workbench, { cmd, path, range }: SampledQuestion): Promise<Answer> {
  const [line, column] = range;
  const selector = { kind: 'cursor', path, line: line + 1, column: column + 1, query: { enc: 'utf-16' } };
  switch (cmd) {
    case 'def':
      return definition.answer(fresh, { selector });
    case 'refs':
      return references.answer(fresh, { selector });
    case 'hover':
      return hover.answer(fresh, { selector });
    case 'diag':
      return diag.answer(fresh, { paths: [path] });
  }
}

/** A server that is not there answers nothing; one that is answered for itself. */
function serverIn(first: readonly ReadonlyMap<SampledQuestion, Answer>[], spec: ServerSpec): UnstableFact['server'] | null {
  const sessions = first.flatMap((each) => [...each.values()].flatMap((answer) => answer.servers?.sessions ?? []));
  return sessions.find((session) => session.spec.id === spec.id)?.description ?? null;
}

type Found = Omit<UnstableFact, 'server'>;

async function unstableAnswer(bench: Workbench, snapshot: Snapshot, { cmd, path, range }: SampledQuestion, answers: Answers<Answer>): Promise<Found[]> {
  const differs = causeOf(mapAnswers(answers, whatWasAnswered));
  return differs === null ? [] : [{ cmd, differs, ...(await placed(bench, snapshot, path, range)) }];
}

/** Each kind of diagnostic that not every answer had as often, and the file where not every one could check it. */
async function unstableDiagnostics(bench: Workbench, snapshot: Snapshot, { cmd, path }: SampledQuestion, answers: Answers<Answer>): Promise<Found[]> {
  const counted = mapAnswers(answers, (answer) => countsOf(diagnosticsOf(answer).map(hashed)));
  const kinds = new Map([...answers.first, ...answers.again].flatMap(diagnosticsOf).map((diagnostic) => [hashed(diagnostic), diagnostic]));
  const found: Found[] = [];
  const covered = causeOf(mapAnswers(answers, ({ facts, failure }) => canonicalJson({ coverage: (facts?.coverage ?? null) as unknown as Json, failure: failure?.code ?? null })));
  if (covered !== null) found.push({ cmd, differs: covered, ...(await placed(bench, snapshot, path, [0, 0, 0, 0])) });
  const { document } = await bench.sources.read(snapshot, path);
  for (const [kind, { range, source, code }] of kinds) {
    const counts = mapAnswers(counted, (each) => each.get(kind) ?? 0);
    const differs = causeOf(counts);
    if (differs === null) continue;
    const diagnostic = { source, code, lineText: document.lineText(range[0]).trim(), count: Math.max(...counts.first, ...counts.again) };
    found.push({ cmd, differs, ...(await placed(bench, snapshot, path, range)), diagnostic });
  }
  return found;
}

function rewordedIn(answers: Answers<Answer>): number {
  const texts = mapAnswers(answers, (answer) => new Set(diagnosticsOf(answer).map((diagnostic) => canonicalJson(diagnostic as unknown as Json))));
  const all = [...texts.first, ...texts.again];
  const everywhere = [...(all[0] ?? [])].filter((text) => all.every((each) => each.has(text))).length;
  return Math.max(0, ...all.map((each) => each.size - everywhere));
}

async function placed(bench: Workbench, snapshot: Snapshot, path: string, range: SampledQuestion['range']): Promise<Pick<UnstableFact, 'uri' | 'range' | 'selector' | 'content'>> {
  const { document } = await bench.sources.read(snapshot, path);
  return { uri: uriFromPath(path), range, selector: await usageAddress(bench, snapshot, path, range), content: contentOf(document.text) };
}

/** Null when all are the same. */
function causeOf<T>({ first, again }: Answers<T>): Cause | null {
  const [one, two, ...others] = first;
  if (one !== two) return 'between servers';
  if (others.some((each) => each !== one)) return 'with the order';
  return again.some((each) => each !== one) ? 'when asked again' : null;
}

function whatWasAnswered({ facts = {}, failure }: Answer): string {
  return canonicalJson({ facts: canonicalFacts(facts, firstPage(null)) as unknown as Json, failure: failure?.code ?? null });
}

function diagnosticsOf({ facts }: Answer): readonly BundleDiagnostic[] {
  return facts?.diagnostics ?? [];
}

function hashed(diagnostic: BundleDiagnostic): string {
  return canonicalJson(withoutMessages(diagnostic));
}

function countsOf(items: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}

function mapAnswers<T, U>({ first, again }: Answers<T>, to: (answer: T) => U): Answers<U> {
  return { first: first.map(to), again: again.map(to) };
}

function answerTo(answers: ReadonlyMap<SampledQuestion, Answer>, question: SampledQuestion): Answer {
  const answer = answers.get(question);
  if (answer === undefined) throw new TypeError(`BUG: ${question.cmd} of ${question.path} was not asked`);
  return answer;
}

function changedMeanwhile({ path }: SampledQuestion): Failure {
  return new Failure('E/CONTENT_MODIFIED', 'the files changed while the same was asked again and again', { hint: 'Nothing was recorded. Ask again when nothing writes there.', details: { path } });
}
