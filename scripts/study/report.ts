import type { PatchFacts } from './facts.js';
import { readFacts } from './price.js';
import { auc, bootstrap, type Interval } from './statistics.js';

type Score = (facts: PatchFacts) => number;
type Test = (facts: PatchFacts) => boolean;

const errors = (list: readonly string[]): readonly string[] => list.filter((item) => item.startsWith('error '));

/** Larger is better for all of them. */
const SCORES: readonly (readonly [string, Score])[] = [
  ['fewer introduced errors', (facts) => -errors(facts.introduced).length],
  ['errors fixed less introduced', (facts) => errors(facts.fixed).length - errors(facts.introduced).length],
  ['`pr-v1`', (facts) => facts.v1 ?? 0],
  ['`pr-v2`', (facts) => facts.v2 ?? 0],
  ['φ_D after', (facts) => facts.phiD ?? 1],
  ['fewer gates', (facts) => -facts.gates.length],
];

const FAMILIES: readonly (readonly [string, RegExp])[] = [
  ['syntax and no rule', /^error null$/u],
  ['import', /^error report(?:MissingImports|MissingModuleSource|PrivateImportUsage)/u],
  ['undefined or unbound', /^error report(?:Undefined|Possibly)/u],
  ['attribute', /^error report(?:AttributeAccess|OptionalMember|FunctionMember)/u],
  ['call and argument', /^error report(?:Call|Argument)/u],
  ['index and operator', /^error report(?:Index|Operator|OptionalSubscript|OptionalOperand|OptionalIterable|OptionalCall|OptionalContext|TypedDict)/u],
  ['override and redeclaration', /^error report(?:Incompatible|Redeclaration|NoOverload|Overlapping|Abstract)/u],
  ['other type', /^error report(?:Assignment|Return|General|InvalidType|Self|Unhashable|UnusedCoroutine|UnusedExcept|InvalidString|Unsupported)/u],
];

/** The tables of docs/study-diagnostics.md, as Markdown. */
export function report(path: string): string {
  const all = readFacts(path);
  const facts = all.filter((item) => item.error === null && !item.abstain);
  return [counts(all, facts), scoreTable(facts), testTable('Signal', [...signals(), ...gates(facts)], facts), testTable('Rule family', families(), facts), ...repositories(facts)].join('\n\n');
}

function counts(all: readonly PatchFacts[], facts: readonly PatchFacts[]): string {
  const byError = new Map<string, number>();
  for (const { error, abstain } of all) if (error !== null || abstain) byError.set(error ?? 'abstained', (byError.get(error ?? 'abstained') ?? 0) + 1);
  const rows = [...new Set(all.map((item) => item.repository))].map((repository) => {
    const own = facts.filter((item) => item.repository === repository);
    const instances = groups(own);
    return `| ${repository} | ${String(all.filter((item) => item.repository === repository).length)} | ${String(own.length)} | ${String(instances.length)} | ${String(instances.filter(isMixed).length)} | ${percent(share(own, (item) => item.resolved))} | ${percent(share(own, (item) => errors(item.introduced).length > 0))} |`;
  });
  const total = groups(facts);
  return [
    '| repository | patches | measured | tasks | with both labels | resolved | introduce an error |',
    '| --- | --: | --: | --: | --: | --: | --: |',
    ...rows,
    `| all | ${String(all.length)} | ${String(facts.length)} | ${String(total.length)} | ${String(total.filter(isMixed).length)} | ${percent(share(facts, (item) => item.resolved))} | ${percent(share(facts, (item) => errors(item.introduced).length > 0))} |`,
    '',
    `Not measured: ${[...byError].map(([error, count]) => `${error} ${String(count)}`).join(', ') || 'none'}.`,
  ].join('\n');
}

function scoreTable(facts: readonly PatchFacts[]): string {
  const rows: (readonly [string, Score])[] = [...SCORES, ['who wrote it (resolved rate of the system on other tasks)', systemRate(facts)]];
  return [
    '| score | AUC within a task | AUC across all |',
    '| --- | --: | --: |',
    ...rows.map(([name, score]) => `| ${name} | ${interval(bootstrap(groups(facts).filter(isMixed), (drawn) => withinAuc(drawn, score)))} | ${interval(bootstrap(groups(facts), (drawn) => acrossAuc(drawn.flat(), score)))} |`),
  ].join('\n');
}

function signals(): (readonly [string, Test])[] {
  return [
    ['introduces an error', (facts) => errors(facts.introduced).length > 0],
    ['introduces two errors or more', (facts) => errors(facts.introduced).length > 1],
    ['introduces anything', (facts) => facts.introduced.length > 0],
    ['fixes an error', (facts) => errors(facts.fixed).length > 0],
    ['`pr-v1` < .4 (a safe step that changes nothing has .4)', (facts) => (facts.v1 ?? 0) < 0.4 - 1e-9],
    ['`pr-v2` < 0', (facts) => (facts.v2 ?? 0) < 0],
    ['any gate', (facts) => facts.gates.length > 0],
  ];
}

function gates(facts: readonly PatchFacts[]): (readonly [string, Test])[] {
  return [...new Set(facts.flatMap((item) => item.gates))].sort().map((gate) => [`gate \`${gate}\``, (item: PatchFacts) => item.gates.includes(gate)] as const);
}

function families(): (readonly [string, Test])[] {
  return [
    ...FAMILIES.map(([name, pattern]) => [name, (facts: PatchFacts) => facts.introduced.some((item) => pattern.test(item))] as const),
    ['none of these', (facts) => errors(facts.introduced).some((item) => !FAMILIES.some(([, pattern]) => pattern.test(item)))],
  ];
}

/** What a signal that fires says: how often the patch is then not resolved, and how many of the unresolved ones it finds. */
function testTable(heading: string, tests: readonly (readonly [string, Test])[], facts: readonly PatchFacts[]): string {
  const base = 1 - share(facts, (item) => item.resolved);
  const rows = tests.map(([name, test]) => {
    const fired = facts.filter(test);
    if (fired.length === 0) return `| ${name} | 0 | | | |`;
    const precision = bootstrap(groups(facts), (drawn) => {
      const own = drawn.flat().filter(test);
      return own.length === 0 ? null : share(own, (item) => !item.resolved);
    });
    const found = fired.filter((item) => !item.resolved).length / Math.max(1, facts.filter((item) => !item.resolved).length);
    return `| ${name} | ${String(fired.length)} | ${interval(precision)} | ${((precision.value ?? 0) / base).toFixed(2)} | ${percent(found)} |`;
  });
  return [`| ${heading} | fires | unresolved when it fires (all: ${base.toFixed(3)}) | lift | unresolved patches that it finds |`, '| --- | --: | --: | --: | --: |', ...rows].join('\n');
}

function repositories(facts: readonly PatchFacts[]): string[] {
  const names = [...new Set(facts.map((item) => item.repository))];
  const rows = names.map((name) => {
    const own = groups(facts.filter((item) => item.repository === name));
    const cell = (score: Score): string => interval(bootstrap(own.filter(isMixed), (drawn) => withinAuc(drawn, score)));
    return `| ${name} | ${cell((item) => -errors(item.introduced).length)} | ${cell((item) => item.v1 ?? 0)} | ${cell((item) => item.v2 ?? 0)} |`;
  });
  return [['| AUC within a task | introduced errors | `pr-v1` | `pr-v2` |', '| --- | --: | --: | --: |', ...rows].join('\n')];
}

function groups(facts: readonly PatchFacts[]): PatchFacts[][] {
  const byInstance = new Map<string, PatchFacts[]>();
  for (const item of facts) byInstance.set(item.instance, [...(byInstance.get(item.instance) ?? []), item]);
  return [...byInstance.values()];
}

function isMixed(group: readonly PatchFacts[]): boolean {
  return group.some((item) => item.resolved) && group.some((item) => !item.resolved);
}

/** Each task counts once, however many patches it has. */
function withinAuc(drawn: readonly (readonly PatchFacts[])[], score: Score): number | null {
  const values = drawn.flatMap((group) => acrossAuc(group, score) ?? []);
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function acrossAuc(facts: readonly PatchFacts[], score: Score): number | null {
  return auc(facts.filter((item) => item.resolved).map(score), facts.filter((item) => !item.resolved).map(score));
}

/** The rate at which a system resolves other tasks than this one: knows who wrote a patch and nothing of it. */
function systemRate(facts: readonly PatchFacts[]): Score {
  const overall = share(facts, (item) => item.resolved);
  return ({ system, instance }) => {
    const others = facts.filter((item) => item.system === system && item.instance !== instance);
    return others.length === 0 ? overall : share(others, (item) => item.resolved);
  };
}

function share(facts: readonly PatchFacts[], test: Test): number {
  return facts.length === 0 ? 0 : facts.filter(test).length / facts.length;
}

function interval({ value, low, high }: Interval): string {
  if (value === null) return '';
  return low === null || high === null ? value.toFixed(3) : `${value.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`;
}

function percent(value: number): string {
  return `${(100 * value).toFixed(1)} %`;
}
