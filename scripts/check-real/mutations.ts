import { execFileSync } from 'node:child_process';
import { parseStructure } from '../../src/selectors/structure.js';
import type { Declaration } from '../../src/base/declaration.js';
import { TextDocument } from '../../src/base/text-document.js';

export interface Mutation {
  readonly name: string;
  readonly base: string;
  readonly head: string;
}

export interface MutationChoice {
  readonly suffixes: readonly string[];
  readonly count: number;
  readonly seed: number;
  /** Takes members of classes instead of what lies at the top of a file. */
  readonly members?: boolean;
}

/**
 * Commits, on top of `revision` in `clone`, mutations of random top-level functions and classes, or of methods: renamed without
 * their callers, deleted, given a further required parameter. Deterministic for a seed.
 */
export async function makeMutations(clone: string, revision: string, { suffixes, count, seed, members = false }: MutationChoice): Promise<Mutation[]> {
  const git = (args: readonly string[], input?: string): string => execFileSync('git', ['-C', clone, ...args], { encoding: 'utf8', maxBuffer: 1 << 28, ...(input === undefined ? {} : { input }) });
  const base = git(['rev-parse', revision]).trim();
  const paths = git(['ls-files', ...suffixes.map((suffix) => `:(glob)**/${suffix}`)]).split('\n').filter((path) => path !== '' && !/test/.test(path));
  const random = mulberry32(seed);
  const mutations: Mutation[] = [];
  for (let tries = 0; mutations.length < count && tries < count * 20; tries += 1) {
    const path = paths[Math.floor(random() * paths.length)] ?? '';
    const text = git(['show', `${base}:${path}`]);
    const structure = await parseStructure(path, text);
    const declarations = structure?.declarations ?? [];
    const classes = new Set(declarations.filter(({ kind, qualname }) => kind === 'class' && qualname.length === 1).map(({ name }) => name));
    const isWanted = ({ kind, qualname: [first = '', ...rest] }: Declaration): boolean => (members ? rest.length === 1 && classes.has(first) && ['method', 'constructor'].includes(kind) : rest.length === 0 && ['function', 'class'].includes(kind));
    const functions = declarations.filter((item) => isWanted(item) && item.hasBody);
    const target = functions[Math.floor(random() * functions.length)];
    const kind = (['rename', 'delete', 'parameter'] as const)[Math.floor(random() * 3)] ?? 'rename';
    const mutated = target === undefined ? null : mutate(kind, target, new TextDocument(text));
    if (target === undefined || mutated === null || mutated === text) continue;
    const blob = git(['hash-object', '-w', '--stdin'], mutated).trim();
    git(['read-tree', base]);
    git(['update-index', '--cacheinfo', `100644,${blob},${path}`]);
    const tree = git(['write-tree']).trim();
    const head = git(['-c', 'user.name=check', '-c', 'user.email=check@example.invalid', 'commit-tree', tree, '-p', base, '-m', `${kind} ${target.name}`]).trim();
    git(['update-ref', `refs/heads/mutation-${String(mutations.length)}`, head]);
    git(['read-tree', 'HEAD']);
    mutations.push({ name: `${kind} ${path}#${target.qualname.join('.')}`, base, head });
  }
  return mutations;
}

function mutate(kind: 'rename' | 'delete' | 'parameter', target: Declaration, document: TextDocument): string | null {
  const offset = (line: number, character: number): number => document.offsetAt({ line, character });
  const [startLine, startCharacter, endLine, endCharacter] = kind === 'rename' ? target.nameRange : target.range;
  const [start, end] = [offset(startLine, startCharacter), offset(endLine, endCharacter)];
  if (kind === 'rename') return `${document.text.slice(0, end)}Mutated${document.text.slice(end)}`;
  if (kind === 'delete') return document.text.slice(0, start) + document.text.slice(end);
  const open = document.text.indexOf('(', offset(target.nameRange[2], target.nameRange[3]));
  if (target.kind === 'class' || open < 0) return null;
  // Python's methods are given their object first.
  const [receiver = ''] = /^\s*(?:self|cls)\b\s*,?/u.exec(document.text.slice(open + 1)) ?? [];
  const rest = document.text.slice(open + 1 + receiver.length);
  const isLast = rest.trimStart().startsWith(')');
  return `${document.text.slice(0, open + 1)}${receiver}${receiver === '' || receiver.endsWith(',') ? '' : ', '}mutated_parameter${isLast ? '' : ', '}${rest}`;
}

/** A small seeded generator of numbers in [0,1). */
export function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
